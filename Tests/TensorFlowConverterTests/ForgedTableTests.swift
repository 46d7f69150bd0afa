import Importing
import Testing

@testable import TensorFlowConverter

/// Tables that are whole, with all checksums, and yet made to do harm.
@Suite("Forged tables of TensorFlow")
struct ForgedTableTests {
  @Test("Keys that share nearly all of a long one are refused before they fill the memory")
  func sharedKeys() throws {
    // Eight bytes each in the file, and more than 16,000 in memory.
    let long = 16_000
    var entries = entry(shared: 0, key: [UInt8](repeating: 0x61, count: long), value: [])
    for number in 0..<3000 {
      let key = [UInt8(number >> 8), UInt8(number & 0xFF)].map { $0 | 1 }
      entries += entry(shared: long, key: key + [UInt8(number % 251)], value: [])
    }
    let bytes = table(entries)
    #expect(bytes.count < 50_000)
    try Fixture.withFolder { folder in
      Fixture.write(bytes, to: "\(folder)/forged.index")
      do {
        _ = try TensorFlowCheckpoint("\(folder)/forged")
        Issue.record("no error")
      } catch { #expect("\(error)".contains("its keys are"), "\(error)") }
    }
  }

  private func varint(_ value: Int) -> [UInt8] {
    value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + varint(value >> 7)
  }

  private func entry(shared: Int, key: [UInt8], value: [UInt8]) -> [UInt8] {
    varint(shared) + varint(key.count) + varint(value.count) + key + value
  }

  /// A table of one block of entries.
  private func table(_ entries: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    func append(_ content: [UInt8]) -> [UInt8] {
      let handle = varint(bytes.count) + varint(content.count + 4)
      // No places where keys start anew, no compression.
      let block = content + [0, 0, 0, 0, 0]
      var checksum = MaskedChecksum()
      block.withUnsafeBytes { checksum.add($0) }
      bytes += block + (0..<4).map { UInt8(truncatingIfNeeded: checksum.value >> UInt32(8 * $0)) }
      return handle
    }
    let data = append(entries)
    let handles = append([]) + append(entry(shared: 0, key: [0x7A], value: data))
    let mark: [UInt8] = [0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB]
    return bytes + handles + [UInt8](repeating: 0, count: 40 - handles.count) + mark
  }
}
