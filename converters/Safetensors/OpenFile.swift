internal import Glibc

/// A regular file, read where it is asked for.
///
/// Not mapped into memory: a file that is cut meanwhile would end the program.
package final class OpenFile: Sendable {
  package let path: String
  /// The file's length in bytes when it was opened.
  package let count: Int
  private let descriptor: CInt

  /// Opens a file.
  ///
  /// - Throws: ``FileError`` if it is not there, not a regular file or may not be read.
  package init(reading path: String) throws(FileError) {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw FileError(file: path, reason: "is not a name of a file; check the path")
    }
    // Without O_NONBLOCK, opening a pipe that nobody writes to waits for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw FileError(
        file: path,
        reason: errno == ENOENT
          ? "there is no such file; check the path" : "cannot be opened (\(systemReason()))")
    }
    var status = stat()
    let problem: String? =
      if fstat(descriptor, &status) != 0 {
        "cannot be opened (\(systemReason()))"
      } else {
        switch status.st_mode & S_IFMT {
        case S_IFREG: nil
        case S_IFDIR: "is a folder, expected a file of weights"
        default: "is a pipe or device, expected a file of weights"
        }
      }
    if let problem {
      close(descriptor)
      throw FileError(file: path, reason: problem)
    }
    (self.path, count, self.descriptor) = (path, Int(status.st_size), descriptor)
  }

  deinit { close(descriptor) }

  /// Reads a piece of the file.
  ///
  /// - Throws: ``FileError`` if the piece reaches over the end, before memory is taken for it.
  package func bytes(at offset: Int, count: Int) throws(FileError) -> [UInt8] {
    try check(offset, count)
    var bytes = [UInt8](repeating: 0, count: count)
    let result = bytes.withUnsafeMutableBytes { buffer in
      Result { () throws(FileError) in try read(into: buffer, at: offset) }
    }
    try result.get()
    return bytes
  }

  /// Fills memory with what stands at an offset.
  ///
  /// - Throws: ``FileError`` if the file ends before.
  package func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(FileError) {
    try check(offset, buffer.count)
    var done = 0
    while done < buffer.count {
      let got = pread(
        descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done,
        off_t(offset + done))
      if got < 0 && errno == EINTR { continue }
      guard got > 0 else {
        throw FileError(
          file: path,
          reason: got == 0
            ? "became shorter while it was read" : "cannot be read (\(systemReason()))")
      }
      done += got
    }
  }

  private func check(_ offset: Int, _ length: Int) throws(FileError) {
    guard offset >= 0, length >= 0, length <= count, offset <= count - length else {
      throw FileError(
        file: path,
        reason: "ends at byte \(count), and \(length) bytes at \(offset) are needed; "
          + "the file is damaged, copy or download it again")
    }
  }
}

/// The system's words for a call that has just failed.
func systemReason() -> String { String(cString: strerror(errno)) }
