import Foundation
import Safetensors

private let here = URL(filePath: #filePath).deletingLastPathComponent()

/// The path of one of this target's fixtures.
func fixture(_ name: String) -> String { here.appending(path: "Fixtures/\(name)").path }

/// Calls `body` with the path of a new folder that is removed afterwards.
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(
    path: "SafetensorsTests-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.path)
}

func bytes(of path: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(filePath: path))) }

func write(_ bytes: [UInt8], to path: String) throws {
  try Data(bytes).write(to: URL(filePath: path))
}

/// A file of a header and so many bytes of numbers.
func file(_ header: String, byteCount: Int, statedLength: Int? = nil) -> [UInt8] {
  let length = statedLength ?? header.utf8.count
  return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + header.utf8
    + [UInt8](repeating: 0x3F, count: byteCount)
}

/// What a call throws as text, or nil if it succeeds.
func failure<Result>(_ body: () throws -> Result) -> String? {
  do {
    _ = try body()
    return nil
  } catch {
    return "\(error)"
  }
}
