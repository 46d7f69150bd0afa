import FoundationEssentials
import Glibc

/// Calls `body` with the path of a new folder that is removed afterwards.
public func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  var template = Array("/tmp/zoo-tests-XXXXXX".utf8CString)
  guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
  let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}

/// The bytes of a file.
public func bytes(of path: String) throws -> [UInt8] {
  try Array(Data(contentsOf: URL(filePath: path)))
}

/// Makes a file of bytes.
public func write(_ bytes: some Collection<UInt8>, to path: String) throws {
  try Data(bytes).write(to: URL(filePath: path))
}

/// What a call throws as text, or nil if it succeeds.
public func failure<Result>(_ body: () throws -> Result) -> String? {
  do {
    _ = try body()
    return nil
  } catch {
    return "\(error)"
  }
}

extension Specimen {
  /// Reads damaged files, each of which must be read or refused in a line that begins with its path.
  ///
  /// - Parameters:
  ///   - rounds: How many.
  ///   - seed: Where the chance comes from.
  ///   - name: The file's name; readers are given its path.
  ///   - read: Reads a file of so many bytes and says whether it is as it was before.
  /// - Returns: How many were refused or are other than before, and what is wrong with refusals.
  /// - Throws: What the system says if files cannot be written.
  public func readMutants(
    rounds: Int, seed: UInt64, name: String = "damaged",
    _ read: (_ path: String, _ byteCount: Int) throws -> Bool
  ) throws -> (noticed: Int, complaints: [String]) {
    var generator = SeededGenerator(seed: seed)
    var noticed = 0
    var complaints: [String] = []
    try withTemporaryFolder { folder in
      let path = "\(folder)/\(name)"
      for round in 0..<rounds {
        let damaged = mutant(using: &generator)
        try write(damaged, to: path)
        do {
          if try !read(path, damaged.count) { noticed += 1 }
        } catch {
          let message = "\(error)"
          if !message.hasPrefix(path) || message.contains("\n") {
            complaints.append("round \(round): \(message)")
          }
          noticed += 1
        }
      }
    }
    return (noticed, complaints)
  }
}
