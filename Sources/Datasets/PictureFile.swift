import Glibc

/// An open file whose first bytes are known before the rest is read.
struct PictureFile: ~Copyable {
  private let descriptor: CInt
  private let path: String
  let byteCount: Int

  /// The most that is read of a file; the largest picture without compression takes less.
  static let maximumByteCount = 2 << 30

  /// Opens a regular file.
  ///
  /// - Parameters:
  ///   - path: The file, of whatever kind: lists and annotations are opened so too.
  ///   - limit: The most bytes that it may have.
  /// - Throws: ``ImageError/unreadable(path:reason:)``.
  init(_ path: String, limit: Int = maximumByteCount) throws(ImageError) {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw .unreadable(path: path, reason: "not a name of a file")
    }
    // Without O_NONBLOCK, opening a pipe that nobody writes to waits for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .unreadable(path: path, reason: SystemReason().text) }
    var status = stat()
    let problem: String? =
      if fstat(descriptor, &status) != 0 {
        SystemReason().text
      } else {
        switch status.st_mode & S_IFMT {
        case S_IFREG where status.st_size > limit:
          "larger than \(limit >= 1 << 30 ? "\(limit >> 30) GiB" : "\(limit >> 20) MiB")"
        case S_IFREG: nil
        case S_IFDIR: "a folder, not a file"
        default: "a pipe or device, not a file"
        }
      }
    if let problem {
      close(descriptor)
      throw .unreadable(path: path, reason: problem)
    }
    (self.descriptor, self.path, byteCount) = (descriptor, path, Int(status.st_size))
  }

  deinit { close(descriptor) }

  /// Reads the first bytes, as many as there are up to a limit.
  func prefix(_ limit: Int) throws(ImageError) -> [UInt8] {
    try read(min(limit, byteCount), at: 0)
  }

  /// Reads the whole file.
  func contents() throws(ImageError) -> [UInt8] {
    try read(byteCount, at: 0)
  }

  /// Reads a stretch, of which what lies beyond the end is missing.
  func read(_ wanted: Int, at offset: Int) throws(ImageError) -> [UInt8] {
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
      while count < wanted {
        let done = pread(
          descriptor, buffer.baseAddress.map { $0 + count }, wanted - count, off_t(offset + count))
        if done < 0 && errno == EINTR { continue }
        failed = done < 0
        // A file that shrinks meanwhile is left to the decoder, which misses the end.
        if done <= 0 { return }
        count += done
      }
    }
    if failed { throw .unreadable(path: path, reason: SystemReason().text) }
    return bytes
  }
}
