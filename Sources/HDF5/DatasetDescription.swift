public import Tensors

/// What a file says of a data set, its numbers left unread.
public struct DatasetDescription: Equatable, Sendable {
  /// The extent along each axis, outermost first; empty for a single number.
  public let shape: [Int]
  /// The type of the stored numbers, or nil for one that this package does not compute with.
  public let elementType: ElementType?
  /// The stored type in words, for example `float32`, `big-endian float64`, `int64`.
  public let typeName: String
  /// Whether the most significant byte comes first.
  public let isBigEndian: Bool
  /// How the numbers lie in the file.
  public let storage: Storage
  /// How many bytes they take there.
  public let storedByteCount: Int

  /// How the numbers of a data set lie in its file.
  public enum Storage: Equatable, Sendable {
    /// In one piece, which begins at that byte; nil if there are no numbers.
    case contiguous(offset: Int?)
    /// Within the data set's description.
    case compact
    /// In blocks of one shape, each passed through filters (`gzip`, `shuffle`) when it was written.
    case chunked(shape: [Int], filters: [String])
    /// In other files, or spread over other data sets.
    case elsewhere
  }

  /// How many numbers there are.
  public var count: Int { shape.reduce(1, *) }
}
