internal import Glibc

extension HDF5File {
  /// Writes a file, whole or not at all.
  ///
  /// The content goes to a temporary file in the same folder, to the disk, and only then takes the
  /// name: a reader sees the old file or the new one. If anything fails the temporary file is
  /// removed and what had the name before stays.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - content: Writes the content.
  /// - Throws: ``HDF5Error`` if the folder cannot be written or the disk is full, and what `content`
  ///   throws.
  public static func write(
    to path: String, _ content: (HDF5Writer) throws -> Void
  ) throws {
    try checkTarget(path)
    let temporary = "\(path).\(getpid()).\(UInt32.random(in: 0...UInt32.max)).part"
    do {
      try writeContent(content, to: temporary, namedInErrors: path)
      try synchronise(temporary, namedInErrors: path)
      guard rename(temporary, path) == 0 else { throw systemError("rename", path) }
    } catch {
      // libhdf5 may hold on to a file that it could not finish; emptied, it takes no room.
      truncate(temporary, 0)
      unlink(temporary)
      throw error
    }
    try synchronise(folder(of: path), namedInErrors: path)
  }

  /// Only a file is replaced: not a folder, and not a device like /dev/null.
  private static func checkTarget(_ path: String) throws(HDF5Error) {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw HDF5Error(
        file: path, reason: "is not a regular file, which cannot be replaced; choose another name")
    }
    let folder = folder(of: path)
    guard access(folder, W_OK) == 0 else {
      throw HDF5Error(
        file: path,
        reason: errno == ENOENT
          ? "there is no folder \(folder); create it first"
          : "the folder \(folder) may not be written (\(String(cString: strerror(errno))))")
    }
  }

  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
  }

  private static func writeContent(
    _ content: (HDF5Writer) throws -> Void, to temporary: String, namedInErrors path: String
  ) throws {
    let writer = try HDF5Writer(creating: temporary, namedInErrors: path)
    do {
      try content(writer)
      try writer.flush()
    } catch let error as HDF5Error where error.file == path {
      // libhdf5 speaks of its own trouble; on a full disk that is worth plainer words.
      throw isFull(temporary) ? HDF5Error(file: path, reason: fullDisk) : error
    }
  }

  private static let fullDisk = "the disk is full; nothing was written, make room and try again"

  private static func isFull(_ temporary: String) -> Bool {
    var status = statvfs()
    return statvfs(temporary, &status) == 0 && status.f_bavail * status.f_bsize < 1 << 20
  }

  /// Waits until a file or a folder is on the disk.
  private static func synchronise(_ file: String, namedInErrors path: String) throws(HDF5Error) {
    let descriptor = Glibc.open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw systemError("open", path) }
    defer { _ = Glibc.close(descriptor) }
    guard fsync(descriptor) == 0 else { throw systemError("fsync", path) }
  }

  private static func systemError(_ call: String, _ path: String) -> HDF5Error {
    HDF5Error(file: path, call: call, reason: String(cString: strerror(errno)))
  }
}
