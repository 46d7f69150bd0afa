internal import Files
internal import Glibc

/// What the system says of a file: the same stamp, the same bytes, as far as one can know unread.
struct FileStamp: Hashable {
  let device: UInt
  let inode: UInt
  let size: Int
  let seconds: Int
  let nanoseconds: Int
  let isRegular: Bool

  /// The stamp of the file at a path; nil if there is none.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// The stamp of an open file.
  init?(_ descriptor: CInt) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    (device, inode) = (UInt(status.st_dev), UInt(status.st_ino))
    (size, seconds, nanoseconds) = (
      Int(status.st_size), status.st_mtim.tv_sec, status.st_mtim.tv_nsec
    )
    isRegular = status.st_mode & S_IFMT == S_IFREG
  }
}

/// Small files and folders.
enum SystemFile {
  /// Makes a folder, and those above it, unless it is there.
  static func makeFolder(_ path: String) throws(DownloadError) {
    do throws(FileError) { try Folder.make(path) } catch { throw .folder(error) }
  }

  /// Has a folder's names put on the disk.
  static func synchronise(folder path: String) throws(DownloadError) {
    do throws(FileError) { try Folder.synchronise(path) } catch { throw .folder(error) }
  }

  /// Throws unless the disk of an open file has room for so many more bytes.
  static func reserve(_ count: Int, _ descriptor: CInt, _ path: String) throws(DownloadError) {
    var room = statvfs()
    guard fstatvfs(descriptor, &room) == 0 else { return }
    let (bytes, overflow) = room.f_bavail.multipliedReportingOverflow(by: room.f_frsize)
    let free = overflow ? Int.max : Int(clamping: bytes)
    // Some file systems say nothing of their size.
    guard room.f_blocks > 0, free < count else { return }
    throw .noRoom(file: path, needed: count, free: free)
  }

  /// Reads a text of at most 4 KB; nil if there is none that can be read.
  static func read(_ path: String) -> String? {
    guard let bytes = try? OpenFile(reading: path).contents(limit: 4095) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Writes a small text.
  ///
  /// A torn one is no text that its reader takes.
  static func write(_ text: String, to path: String) throws(DownloadError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .system(path) }
    defer { close(descriptor) }
    guard Array(text.utf8).withUnsafeBytes({ writeWhole($0, to: descriptor) }) else {
      throw .system(path)
    }
  }
}

extension DownloadError {
  /// What is wrong with a folder, and how to name another.
  fileprivate static func folder(_ error: FileError) -> DownloadError {
    .file(
      path: error.path, reason: error.reason,
      advice: "or name another folder, by ZOO_CACHE or --output")
  }
}
