import Glibc
import Importing
import Tensors

/// The files beside the tests, and what is in them.
enum Fixture {
  static let folder = String(#filePath.dropLast("Fixture.swift".count)) + "Fixtures"

  static func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// Number i of variable k, as `make_fixtures.py` makes them.
  static func numbers(_ count: Int, variable k: Int) -> [Float] {
    (0..<count).map { Float((7 * $0 + k) % 61 - 30) / 8 }
  }

  static func bytes(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "rb") else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
      bytes += buffer[..<count]
    }
    return bytes
  }

  static func write(_ bytes: [UInt8], to path: String) {
    guard let file = fopen(path, "wb") else { return }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }

  /// Calls `body` with the path of a folder that is there only so long.
  static func withFolder(_ body: (String) throws -> Void) throws {
    var template = Array("/tmp/tensorflow-tests-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { return }
    let folder = String(cString: made)
    defer {
      if let directory = opendir(folder) {
        while let entry = readdir(directory) {
          let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
          }
          unlink("\(folder)/\(name)")
        }
        closedir(directory)
      }
      rmdir(folder)
    }
    try body(folder)
  }

  /// Copies the files of a checkpoint of version 2.
  static func copy(_ name: String, into folder: String, shards: Int = 1) {
    for ending in ["index"] + (0..<shards).map({ "data-0000\($0)-of-0000\(shards)" }) {
      write(bytes(path("\(name).\(ending)")), to: "\(folder)/\(name).\(ending)")
    }
  }
}

extension WeightFile {
  func tensor(_ name: String) -> StoredTensor? { tensors.first { $0.name == name } }

  func numbers(_ name: String) throws -> [Float]? { try tensor(name).map { try read($0).floats } }
}
