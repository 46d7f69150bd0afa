import FoundationEssentials
import Glibc

let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

/// Calls `body` with the path of a new folder that is removed afterwards.
func withTemporaryFolder(_ body: (String) throws -> Void) throws {
  var template = Array("/tmp/DatasetsTests-XXXXXX".utf8CString)
  let folder = String(cString: mkdtemp(&template))
  defer { try? FileManager.default.removeItem(atPath: folder) }
  try body(folder)
}

func write(_ bytes: [UInt8], to path: String) throws {
  try Data(bytes).write(to: URL(filePath: path))
}
