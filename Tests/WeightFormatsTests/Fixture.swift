import Foundation

private let tests = URL(filePath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent()

/// The path of a fixture, of this target or another: `SafetensorsTests/float32.safetensors`.
func fixture(_ path: String) -> String {
  let parts = path.split(separator: "/", maxSplits: 1).map(String.init)
  return tests.appending(path: "\(parts[0])/Fixtures/\(parts[1])").path
}

/// Copies a fixture under another name.
func copy(_ path: String, to target: String) throws {
  try FileManager.default.copyItem(atPath: fixture(path), toPath: target)
}
