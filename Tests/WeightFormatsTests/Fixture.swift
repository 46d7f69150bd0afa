import Foundation

private let tests = URL(filePath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent()

/// The path of a fixture, of this target or another: `SafetensorsTests/float32.safetensors`.
func fixture(_ path: String) -> String {
  let parts = path.split(separator: "/", maxSplits: 1).map(String.init)
  return tests.appending(path: "\(parts[0])/Fixtures/\(parts[1])").path
}

/// Calls `body` with the path of a new folder that is removed afterwards.
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(
    path: "WeightFormatsTests-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.path)
}

func bytes(of path: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(filePath: path))) }

func write(_ bytes: some Collection<UInt8>, to path: String) throws {
  try Data(bytes).write(to: URL(filePath: path))
}

/// Copies a fixture under another name.
func copy(_ path: String, to target: String) throws {
  try FileManager.default.copyItem(atPath: fixture(path), toPath: target)
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
