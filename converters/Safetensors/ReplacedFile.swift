internal import Glibc

/// A file that takes its name only when it is whole and on the disk.
struct ReplacedFile: ~Copyable {
  private let path: String
  private let temporary: String
  private let descriptor: CInt

  /// Writes a file: a reader sees what had the name before, or all of the new content.
  ///
  /// - Parameters:
  ///   - path: The file's path; of a symbolic link, the file that it leads to is replaced.
  ///   - content: Appends the content.
  /// - Throws: ``FileError`` if the folder cannot be written or the disk is full, and what `content`
  ///   throws; nothing is left behind then.
  static func write(
    to path: String, _ content: (borrowing ReplacedFile) throws(FileError) -> Void
  ) throws(FileError) {
    let file = try ReplacedFile(path: path, target: try target(of: path))
    do throws(FileError) {
      try content(file)
      try file.synchronise()
    } catch {
      file.remove()
      throw error
    }
    try file.takeName()
  }

  private let target: String

  private init(path: String, target: String) throws(FileError) {
    (self.path, self.target) = (path, target)
    // With a name of its own, so that two programs do not write into one file.
    temporary = "\(target).\(getpid()).\(UInt32.random(in: 0...UInt32.max)).part"
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw FileError(
        file: path,
        reason: errno == ENOENT
          ? "there is no folder \(Self.folder(of: target)); create it first"
          : "cannot be written (\(systemReason()))")
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Writes at the end of the file.
  func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var done = 0
    while done < bytes.count {
      let count = Glibc.write(
        descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure() }
      done += count
    }
  }

  func append(_ bytes: [UInt8]) throws(FileError) {
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(FileError) in try append(bytes) }
    }
    try result.get()
  }

  private func synchronise() throws(FileError) {
    guard fsync(descriptor) == 0 else { throw failure() }
  }

  private func takeName() throws(FileError) {
    guard rename(temporary, target) == 0 else {
      let error = failure()
      remove()
      throw error
    }
    // Makes the new name outlast a power cut, where the file system can.
    let folder = open(Self.folder(of: target), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }

  private func remove() { unlink(temporary) }

  private func failure() -> FileError {
    errno == ENOSPC
      ? FileError(
        file: path, reason: "the disk is full; nothing was written, make room and try again")
      : FileError(file: path, reason: "cannot be written (\(systemReason()))")
  }

  /// The file to replace: where a link leads to, and never a folder or a device.
  private static func target(of path: String) throws(FileError) -> String {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw FileError(file: path, reason: "is not a name of a file; choose another name")
    }
    var status = stat()
    guard stat(path, &status) == 0 else { return path }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(
        file: path, reason: "is not a regular file, which cannot be replaced; choose another name")
    }
    guard let resolved = realpath(path, nil) else {
      throw FileError(file: path, reason: "cannot be written (\(systemReason()))")
    }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
  }
}
