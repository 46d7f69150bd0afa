internal import Glibc

/// What stands at a path.
package enum FileKind: Sendable {
  case file
  case folder
  /// A pipe, a device, a socket.
  case other

  /// Looks at a path and follows links; nil if nothing is there, or it may not be seen.
  package init?(_ path: String) {
    guard !path.utf8.contains(0) else { return nil }
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  init(_ status: stat) {
    self =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      default: .other
      }
  }
}
