import FoundationEssentials

/// Text files, whole or not at all.
enum TextFile {
  /// Makes a folder, and those above it, unless it is there.
  ///
  /// - Throws: ``TextFileError`` if it cannot be made.
  static func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch { throw TextFileError(path: path) }
  }

  /// - Throws: ``TextFileError`` if the file cannot be written.
  static func write(_ text: String, to path: String) throws {
    do { try Data(text.utf8).write(to: URL(filePath: path), options: .atomic) } catch {
      throw TextFileError(path: path)
    }
  }
}

/// A file that cannot be written.
struct TextFileError: Error, CustomStringConvertible {
  let path: String

  var description: String {
    "\(path): cannot be written; is there such a folder, may it be written to, is there room?"
  }
}
