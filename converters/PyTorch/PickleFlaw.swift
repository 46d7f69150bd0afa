internal import Files

/// What keeps a pickle from being read.
enum PickleFlaw: Error {
  /// It asks for something that a dictionary of tensors does not need.
  case forbidden(String)
  /// It breaks off or contradicts itself.
  case damaged(String)
  /// It is larger than any dictionary of tensors.
  case tooLarge(String)
  case unreadable(FileError)
}
