internal import Glibc

/// Says in the system's words why a call has just failed, in lower case as the rest of a line.
package func systemReason() -> String {
  let text = String(cString: strerror(errno))
  return text.prefix(1).lowercased() + text.dropFirst()
}

extension FileError {
  /// A file that could not be opened for reading, by a call that has just failed.
  static func unopened(_ path: String) -> FileError {
    let advice =
      switch errno {
      case ENOENT: "there is no such file; check the path"
      case EACCES, EPERM: "may not be read (\(systemReason())); ask its owner, or copy it"
      case EMFILE, ENFILE: "cannot be opened (\(systemReason())); close other files"
      default: "cannot be opened (\(systemReason())); check the path"
      }
    return FileError(path: path, reason: advice)
  }

  /// A file that could not be read, by a call that has just failed.
  static func unread(_ path: String) -> FileError {
    FileError(
      path: path, reason: "cannot be read (\(systemReason())); copy it to another disk")
  }

  /// A file that could not be written, by a call that has just failed.
  static func unwritten(_ path: String) -> FileError {
    if errno == ENOSPC || errno == EDQUOT { return .diskFull(path) }
    return FileError(
      path: path, reason: "cannot be written (\(systemReason())); choose another place")
  }
}
