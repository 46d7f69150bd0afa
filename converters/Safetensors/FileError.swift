/// A file that cannot be opened, read or written.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
  public let file: String
  /// The part of the file that is meant, for example a tensor's name; nil for the whole of it.
  public let object: String?
  public let reason: String

  public init(file: String, object: String? = nil, reason: String) {
    (self.file, self.object, self.reason) = (file, object, reason)
  }

  public var description: String { "\(file)\(object.map { ":\($0)" } ?? ""): \(reason)" }
}
