internal import Glibc
internal import Importing

/// A regular file, open for reading at any place.
///
/// Single bytes come from a window that moves along, so that a file of any size can be walked through
/// without having it in memory. Not mapped: a file that shrinks under a mapping ends the process.
final class ReadableFile: ByteSource {
  let path: String
  let byteCount: Int
  private let descriptor: Int32
  private var window: [UInt8] = []
  private var windowStart = 0

  private static let windowByteCount = 1 << 16

  init(_ path: String) throws(ImportError) {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw .unreadable(file: path, reason: "not a name of a file")
    }
    // Without O_NONBLOCK, opening a pipe that nobody writes to waits for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .unreadable(file: path, reason: systemReason()) }
    var status = stat()
    let problem: String? =
      if fstat(descriptor, &status) != 0 {
        systemReason()
      } else {
        switch status.st_mode & S_IFMT {
        case S_IFREG: nil
        case S_IFDIR: "a folder, not a file"
        default: "a pipe or device, not a file"
        }
      }
    if let problem {
      close(descriptor)
      throw .unreadable(file: path, reason: problem)
    }
    (self.descriptor, self.path, byteCount) = (descriptor, path, Int(status.st_size))
  }

  deinit { close(descriptor) }

  func byte(at offset: Int) throws(ImportError) -> UInt8 {
    if offset < windowStart || offset >= windowStart + window.count {
      let end = min(offset + Self.windowByteCount, byteCount)
      window = try bytes(in: offset..<end)
      windowStart = offset
    }
    return window[offset - windowStart]
  }

  func bytes(in range: Range<Int>) throws(ImportError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count)
    let complete = bytes.withUnsafeMutableBytes { fill($0, at: range.lowerBound) }
    guard complete == true else { throw failure(complete) }
    return bytes
  }

  /// Fills memory with what stands at an offset.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(ImportError) {
    let complete = fill(buffer, at: offset)
    guard complete == true else { throw failure(complete) }
  }

  private func failure(_ complete: Bool?) -> ImportError {
    .unreadable(
      file: path,
      reason: complete == nil ? systemReason() : "the file became shorter while it was read")
  }

  /// - Returns: Whether there were bytes enough; nil if the system refused.
  private func fill(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Bool? {
    var done = 0
    while done < buffer.count {
      let part = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let step = pread(descriptor, part.baseAddress, part.count, off_t(offset + done))
      if step < 0 && errno == EINTR { continue }
      if step < 0 { return nil }
      if step == 0 { return false }
      done += step
    }
    return true
  }
}

/// The system's words for the last failed call, in lower case as the rest of the line.
private func systemReason() -> String {
  let text = String(cString: strerror(errno))
  return text.prefix(1).lowercased() + text.dropFirst()
}
