import Importing
import Testing

@testable import TensorFlowConverter

/// Files with some bytes changed: each must be read or refused, never end the process.
@Suite("Damaged files of TensorFlow")
struct MutationTests {
  @Test(
    "Changed, cut and repeated bytes lead to an error or to numbers",
    arguments: ["types.ckpt", "objects", "slim1.ckpt", "types1.ckpt", "types.pb", "slim.pb"])
  func mutations(name: String) throws {
    var random = SeededGenerator(state: 7)
    try Fixture.withFolder { folder in
      let isBundle = !name.hasSuffix("1.ckpt") && !name.hasSuffix(".pb")
      if isBundle { Fixture.copy(name, into: folder) }
      let target = isBundle ? "\(name).index" : name
      let original = Fixture.bytes(Fixture.path(target))
      for _ in 0..<200 {
        var bytes = original
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          let index = Int.random(in: 0..<bytes.count, using: &random)
          switch Int.random(in: 0..<5, using: &random) {
          case 0: bytes[index] = .random(in: 0...255, using: &random)
          case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
          case 2: bytes[index] = 0xFF
          case 3: bytes.insert(contentsOf: bytes[index...].prefix(9), at: index)
          default: bytes.removeSubrange(index..<min(index + 7, bytes.count))
          }
          if bytes.isEmpty { bytes = [0] }
        }
        if isBundle { SealedTable.seal(&bytes) }
        Fixture.write(bytes, to: "\(folder)/\(target)")
        readAll("\(folder)/\(name)")
      }
    }
  }

  private func readAll(_ path: String) {
    if let file = try? TensorFlowCheckpoint(path) {
      for tensor in file.tensors { _ = try? file.read(tensor) }
    }
    if let file = try? FrozenGraph(path) {
      for tensor in file.tensors { _ = try? file.read(tensor) }
    }
  }

  @Test("A shape beyond any memory is refused before memory is taken")
  func forgedShape() throws {
    // A node "w/weights" with a float constant of shape [2⁶², 2⁶²].
    func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
      [number << 3 | 2, UInt8(content.count)] + content
    }
    func graph(_ extent: [UInt8]) -> [UInt8] {
      let dimension = field(2, [8] + extent)
      let tensor = [8, 1] + field(2, dimension + dimension) + field(5, [0, 0, 128, 63])
      let node =
        field(1, Array("w/weights".utf8)) + field(2, Array("Const".utf8))
        + field(5, field(1, Array("value".utf8)) + field(2, field(8, tensor)))
      return field(1, node)
    }
    try Fixture.withFolder { folder in
      let path = "\(folder)/forged.pb"
      let huge: [UInt8] = [UInt8](repeating: 0x80, count: 8) + [0x40]
      for (extent, reason) in [
        (huge, "the shape is beyond any memory"),
        ([0x80, 0x80, 0x40], "one number stands for"),
      ] {
        Fixture.write(graph(extent), to: path)
        do {
          _ = try FrozenGraph(path)
          Issue.record("no error for \(extent)")
        } catch { #expect("\(error)".contains(reason), "\(error)") }
      }
      Fixture.write(graph([2]), to: path)
      let file = try FrozenGraph(path)
      #expect(try file.numbers("w/kernel") == [1, 1, 1, 1])
    }
  }
}

/// Gives the blocks of a damaged index good checksums, so that what reads them is tested too.
private enum SealedTable {
  static func seal(_ bytes: inout [UInt8]) {
    func number(_ position: inout Int) -> Int {
      var (value, shift) = (0, 0)
      while position < bytes.count, shift < 28 {
        let byte = Int(bytes[position])
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80 { break }
        shift += 7
      }
      return value
    }
    // Both blocks of the footer, and the first data block, which starts the file.
    var position = max(bytes.count - 48, 0)
    let filter = (number(&position), number(&position))
    let index = (number(&position), number(&position))
    for (offset, count) in [(0, filter.0 - 5), filter, index] {
      let (end, overflow) = offset.addingReportingOverflow(count)
      guard count >= 0, !overflow, end >= 0, end + 5 <= bytes.count else { continue }
      bytes[end] = 0
      var checksum = MaskedChecksum()
      bytes[offset...end].withUnsafeBytes { checksum.add($0) }
      for byte in 0..<4 {
        bytes[end + 1 + byte] = UInt8(truncatingIfNeeded: checksum.value >> UInt32(8 * byte))
      }
    }
  }
}

/// SplitMix64.
private struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
