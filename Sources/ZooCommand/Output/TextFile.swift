import FoundationEssentials

/// Text files, whole or not at all.
enum TextFile {
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
