import Foundation
import Safetensors

private let here = URL(filePath: #filePath).deletingLastPathComponent()

/// The path of one of this target's fixtures.
func fixture(_ name: String) -> String { here.appending(path: "Fixtures/\(name)").path }

/// A file of a header and so many bytes of numbers.
func file(_ header: String, byteCount: Int, statedLength: Int? = nil) -> [UInt8] {
  let length = statedLength ?? header.utf8.count
  return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + header.utf8
    + [UInt8](repeating: 0x3F, count: byteCount)
}
