import Foundation
import Importing
import Mutations
import Tensors
import Testing
import WeightFormats

/// Damaged files of every form.
///
/// What brings a reader down brings the tests down; `WeightFuzzer` does the same for hours, in child
/// processes with limits on time and memory.
@Suite("Damaged files of every form")
struct MutationTests {
  @Test(
    "Damage leads to numbers or to an error of one line",
    arguments: [
      ("KerasConverterTests/keras0.h5", []),
      ("KerasConverterTests/keras2_gzip.h5", []),
      ("WeightFormatsTests/newer.weights.h5", []),
      ("PyTorchConverterTests/kinds.pth", []),
      ("PyTorchConverterTests/kinds_legacy.pth", []),
      ("SafetensorsTests/types.safetensors", []),
      ("TensorFlowConverterTests/types1.ckpt", []),
      ("TensorFlowConverterTests/types.pb", []),
      (
        "TensorFlowConverterTests/objects.index",
        ["TensorFlowConverterTests/objects.data-00000-of-00001"]
      ),
    ])
  func mutants(file: String, others: [String]) throws {
    let specimen = Specimen(try bytes(of: fixture(file)))
    var generator = SeededGenerator(seed: UInt64(specimen.bytes.count))
    var refused = 0
    try withTemporaryFolder { folder in
      func path(_ name: String) -> String { folder + "/" + (name.split(separator: "/").last ?? "") }
      for other in others { try copy(other, to: path(other)) }
      for round in 0..<40 {
        try write(specimen.mutant(using: &generator), to: path(file))
        guard let message = failure({ try readAll(path(file)) }) else { continue }
        refused += 1
        #expect(message.hasPrefix(folder), "round \(round): \(message)")
        #expect(!message.unicodeScalars.contains { $0.properties.generalCategory == .control })
      }
    }
    #expect(refused > 10)
  }

  private func readAll(_ path: String) throws {
    let file = try WeightFormats.open(path)
    for tensor in file.tensors where tensor.elementType != nil {
      let numbers = tensor.layout.apply(to: try file.read(tensor))
      #expect(numbers.shape == tensor.shape)
    }
  }

  @Test("A length of a header beyond the file is refused before memory is taken")
  func forgedHeaderLength() throws {
    for length: UInt64 in [.max, 1 << 63, 1 << 40, 1 << 31, 1000] {
      let bytes = withUnsafeBytes(of: length.littleEndian) { Array($0) } + Array("{\"a\":".utf8)
      #expect(try refusal(of: bytes) != nil)
    }
  }

  @Test("Numbers of a zip directory beyond the file are refused", arguments: [12, 16, 20, 24, 42])
  func forgedDirectory(offset: Int) throws {
    for file in ["KerasConverterTests/keras3.keras", "PyTorchConverterTests/deflated.pth"] {
      var bytes = try bytes(of: fixture(file))
      // In the last record, or in each member's.
      let mark = Array((offset < 20 ? "PK\u{5}\u{6}" : "PK\u{1}\u{2}").utf8)
      let places = bytes.indices.filter { bytes[$0] == mark[0] && bytes[$0...].starts(with: mark) }
      #expect(!places.isEmpty)
      for place in places {
        for index in 0..<4 { bytes[place + offset + index] = 0xF0 }
      }
      #expect(try refusal(of: bytes) != nil, "\(file)")
    }
  }

  @Test("Lengths of a pickle beyond the file are refused before memory is taken")
  func forgedPickle() throws {
    // BINUNICODE, BINUNICODE8, BINBYTES, LONG4, BINSTRING with as much as they can say.
    for opcode: [UInt8] in [[0x58], [0x8D], [0x42], [0x8B], [0x54], [0x8E], [0x96]] {
      #expect(try refusal(of: [0x80, 4] + opcode + [0xFF, 0xFF, 0xFF, 0x7F, 0, 0, 0, 0]) != nil)
    }
    // FRAME, and a place in the memo of four bytes.
    #expect(try refusal(of: [0x80, 4, 0x95] + [UInt8](repeating: 0xFF, count: 8)) != nil)
    #expect(try refusal(of: [0x80, 2, 0x7D, 0x72, 0xFF, 0xFF, 0xFF, 0xFF, 0x2E]) != nil)
  }

  @Test("JSON within JSON without end is refused")
  func deepJSON() throws {
    let deep = String(repeating: "[", count: 200_000)
    #expect(try refusal(of: Array("{\"weight_map\": \(deep)".utf8)) != nil)
    let text = Array("{\"a\": \(deep)".utf8)
    let header = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
    #expect(try refusal(of: header) != nil)
  }

  @Test("Messages within messages without end are refused")
  func deepMessages() throws {
    // Field 1 of 1,000 bytes, again and again.
    #expect(
      try refusal(of: (0..<2000).flatMap { _ in [UInt8](arrayLiteral: 0x0A, 0xE8, 0x07) }) != nil)
    #expect(try refusal(of: [0x0A] + [UInt8](repeating: 0xFF, count: 9) + [0x01]) != nil)
  }

  private func refusal(of bytes: [UInt8]) throws -> String? {
    try withTemporaryFolder { folder in
      try write(bytes, to: "\(folder)/forged")
      return failure { try readAll("\(folder)/forged") }
    }
  }
}
