/// A file that cannot be opened, read or written.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file's path, as it was given.
  public let path: String
  /// What is wrong and, after a semicolon, what to do.
  public let reason: String

  public init(path: String, reason: String) { (self.path, self.reason) = (path, reason) }

  public var description: String { "\(path): \(reason)".printable }
}

extension FileError {
  /// A file that contradicts itself.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - fault: In what; the advice follows it.
  /// - Returns: The error.
  package static func damaged(_ path: String, _ fault: String) -> FileError {
    FileError(path: path, reason: "\(fault); the file is damaged, copy or download it again")
  }

  /// A disk that has no room for what was to be written whole.
  package static func diskFull(_ path: String) -> FileError {
    FileError(path: path, reason: "the disk is full; nothing was written, make room and try again")
  }
}
