internal import Files
internal import Glibc

/// The beginning of a file, beside the place where the whole one will be.
///
/// Whoever has it open holds its lock: there is one writer at a time. The system lets go of the lock
/// when the process ends, however it ends.
final class PartFile {
  let path: String
  private let target: String
  private let descriptor: CInt
  private let sourcePath: String
  private(set) var size: Int
  /// How many of its bytes are from before it was opened.
  private(set) var kept: Int
  /// Where the bytes come from; nil if there are none.
  private(set) var source: PartSource?

  /// Opens the file, or makes it, as soon as nobody else has it.
  ///
  /// - Parameters:
  ///   - target: The path of the whole file.
  ///   - wait: Called again and again while another process has it; throws to give up.
  /// - Throws: What `wait` throws; ``DownloadError`` if the file cannot be written.
  init(of target: String, wait: () throws(DownloadError) -> Void) throws(DownloadError) {
    self.target = target
    path = "\(target).part"
    sourcePath = "\(path).source"
    descriptor = try Self.lock(path, wait)
    size = FileStamp(descriptor)?.size ?? 0
    kept = size
    source = size > 0 ? SystemFile.read(sourcePath).flatMap { PartSource(text: $0) } : nil
  }

  deinit {
    // Nothing is worth keeping of nothing. The lock is still held.
    if size == 0 && FileStamp(descriptor) == FileStamp(path) { removeFiles() }
    close(descriptor)
  }

  private static func lock(
    _ path: String, _ wait: () throws(DownloadError) -> Void
  ) throws(DownloadError) -> CInt {
    while true {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else { throw .system(path) }
      do throws(DownloadError) {
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
          if errno == EINTR { continue }
          guard errno == EWOULDBLOCK else { throw .unlockable(path) }
          try wait()
        }
      } catch {
        close(descriptor)
        throw error
      }
      // Who had it before may have given it its final name, or removed it.
      if let held = FileStamp(descriptor), let named = FileStamp(path), held.device == named.device,
        held.inode == named.inode
      {
        return descriptor
      }
      close(descriptor)
    }
  }

  /// Forgets what has come and begins with the first byte.
  ///
  /// - Parameter source: Where what follows comes from; nil if that is not known yet.
  /// - Throws: ``DownloadError`` if the file cannot be written.
  func begin(_ source: PartSource?) throws(DownloadError) {
    if size > 0 && ftruncate(descriptor, 0) != 0 { throw .system(path) }
    (size, kept) = (0, 0)
    self.source = source
    // Before the first byte: bytes without a source are never gone on with.
    if let source { try SystemFile.write(source.text, to: sourcePath) } else { unlink(sourcePath) }
  }

  /// Throws unless the disk has room for so many more bytes.
  func reserve(_ count: Int) throws(DownloadError) {
    try SystemFile.reserve(count, descriptor, path)
  }

  /// Reads from some place on.
  ///
  /// - Returns: The number of bytes, 0 at the end.
  func read(
    into bytes: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(DownloadError) -> Int {
    while true {
      let count = pread(descriptor, bytes.baseAddress, bytes.count, off_t(offset))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .system(path) }
      return count
    }
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws(DownloadError) {
    var done = 0
    while done < bytes.count {
      let count = pwrite(
        descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(size))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw .system(path) }
      done += count
      size += count
    }
  }

  /// The digest of all bytes; nil if it was stopped.
  func digest(
    _ algorithm: Checksum.Algorithm, isStopped: () -> Bool
  ) throws(DownloadError) -> String? {
    try Digest.ofFile(descriptor, path: path, algorithm, isStopped: isStopped)
  }

  /// Gives the file its final name, once its bytes are on the disk.
  func publish() throws(DownloadError) {
    guard fsync(descriptor) == 0 else { throw .system(path) }
    guard rename(path, target) == 0 else { throw .system(target) }
    unlink(sourcePath)
    try SystemFile.synchronise(folder: target.folder)
  }

  /// Removes it: what it holds is of no use.
  func remove() {
    removeFiles()
    size = 0
  }

  private func removeFiles() {
    unlink(sourcePath)
    unlink(path)
  }
}

extension DownloadError {
  /// A file system that does not lock files, as some network file systems.
  fileprivate static func unlockable(_ path: String) -> DownloadError {
    .file(
      path: path, reason: "the file system cannot lock it",
      advice: "name a folder on another disk by ZOO_CACHE or --output")
  }
}
