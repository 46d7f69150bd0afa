internal import Glibc

/// A file's place, and the name beside it that its new content has until it is whole.
struct Replacement {
  /// The path as it was given, for errors.
  let path: String
  /// The file that is replaced: where a link leads to.
  let target: String
  let temporary: String

  /// - Throws: ``FileError`` if a folder or a device stands there.
  init(of path: String) throws(FileError) {
    guard !path.isEmpty, !path.utf8.contains(0), path.last != "/" else {
      throw FileError(path: path, reason: "is not a name of a file; choose another name")
    }
    self.path = path
    target = try Self.target(of: path)
    // With a name of its own, so that two programs do not write into one file; and no longer than a
    // name may be, even if the file's is.
    let name = (target.split(separator: "/").last ?? "").unicodeScalars.prefix(40)
    temporary =
      "\(target.folder)/\(Substring(name)).\(getpid())."
      + "\(UInt32.random(in: 0...UInt32.max)).part"
  }

  private static func target(of path: String) throws(FileError) -> String {
    switch FileKind(path) {
    case nil:
      guard !isLink(path) else {
        throw FileError(
          path: path, reason: "is a link to a file that is not there; remove it or name the file")
      }
      return path
    case .file:
      guard let resolved = realpath(path, nil) else { throw .unwritten(path) }
      defer { free(resolved) }
      return String(cString: resolved)
    case .folder:
      throw FileError(path: path, reason: "is a folder, expected a file; choose another name")
    case .other:
      // A renaming would turn a device into a file without a word.
      throw FileError(
        path: path, reason: "is a pipe or device, which cannot be replaced; choose another name")
    }
  }

  private static func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  /// The error where there is no folder to write to.
  var withoutFolder: FileError {
    FileError(path: path, reason: "there is no folder \(target.folder); create it first")
  }

  /// Waits until the content is on the disk.
  func synchronise() throws(FileError) {
    let descriptor = open(temporary, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unwritten(path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .unwritten(path) }
  }

  /// Gives the content its name, which outlasts a power cut.
  ///
  /// - Throws: ``FileError``; the new content has its name already if it is the folder that cannot be
  ///   brought to the disk.
  func takeName() throws(FileError) {
    guard rename(temporary, target) == 0 else {
      let error = FileError.unwritten(path)
      remove()
      throw error
    }
    try Folder.synchronise(target.folder)
  }

  func remove() {
    // A library may hold on to a file that it could not finish; emptied, it takes no room.
    truncate(temporary, 0)
    unlink(temporary)
  }
}
