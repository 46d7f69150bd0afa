internal import Glibc

/// Folders on the disk.
package enum Folder {
  /// Makes a folder, and those above it, unless it is there.
  ///
  /// - Throws: ``FileError`` if it cannot be made.
  package static func make(_ path: String) throws(FileError) {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw FileError(path: path, reason: "is not a name of a folder; choose another name")
    }
    if mkdir(path, 0o777) == 0 { return }
    if errno == ENOENT, path.folder != path {
      try make(path.folder)
      if mkdir(path, 0o777) == 0 { return }
    }
    // Another process may have been faster.
    let error = FileError.unmade(path)
    guard FileKind(path) == .folder else { throw error }
  }

  /// Waits until the names in a folder are on the disk, where the file system can tell.
  ///
  /// - Throws: ``FileError`` if the disk fails.
  package static func synchronise(_ path: String) throws(FileError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    // A folder that may be written and not be read cannot be asked; the file is there all the same.
    if descriptor < 0 && errno == EACCES { return }
    guard descriptor >= 0 else { throw .unsynchronised(path) }
    defer { close(descriptor) }
    // Some file systems cannot, and say so in this way.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw .unsynchronised(path) }
  }
}

extension FileError {
  fileprivate static func unmade(_ path: String) -> FileError {
    switch errno {
    case EEXIST, ENOTDIR:
      FileError(
        path: path, reason: "a file stands in the folder's place; remove it or choose another name")
    case ENOSPC, EDQUOT: .diskFull(path)
    default:
      FileError(
        path: path,
        reason: "the folder cannot be made (\(systemReason())); choose another place")
    }
  }

  fileprivate static func unsynchronised(_ path: String) -> FileError {
    FileError(
      path: path,
      reason: "the folder cannot be brought to the disk (\(systemReason())); check its disk")
  }
}

extension String {
  /// The folder of a path: `a` of `a/b`, `/` of `/b`, and `.` of `b`.
  package var folder: String {
    let trimmed = last == "/" && count > 1 ? dropLast() : self[...]
    guard let slash = trimmed.lastIndex(of: "/") else { return "." }
    return slash == startIndex ? "/" : String(self[..<slash])
  }
}
