/// What keeps scenes from being written.
public enum SceneError: Error, Equatable, Sendable {
  /// A file or folder cannot be made; the reason is the system's.
  case unwritable(path: String, reason: String)
}

extension SceneError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unwritable(let path, let reason): "\(path): cannot be written: \(reason)"
    }
  }
}
