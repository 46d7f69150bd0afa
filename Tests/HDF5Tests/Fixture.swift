import Foundation
import HDF5

/// The path of one of this target's fixtures.
func fixture(_ name: String) -> String {
  URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name)").path
}

/// Calls `body` with the path of a new folder that is removed afterwards.
func withTemporaryFolder(_ body: (String) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appending(
    path: "HDF5Tests-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder.path)
}

/// A file with the given bytes, removed afterwards.
func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
  try withTemporaryFolder { folder in
    let path = "\(folder)/file.h5"
    try Data(bytes).write(to: URL(filePath: path))
    try body(path)
  }
}

func bytes(of path: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(filePath: path))) }

/// What a call throws as text, or nil if it succeeds.
func failure<Result>(_ body: () throws -> Result) -> String? {
  do {
    _ = try body()
    return nil
  } catch {
    return "\(error)"
  }
}
