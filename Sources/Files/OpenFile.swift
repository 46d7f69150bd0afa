internal import Glibc

/// A regular file, or a part of one, read where it is asked for.
///
/// Not mapped into memory: a file that is cut meanwhile would end the program.
package final class OpenFile: Sendable {
  package let path: String
  /// Where the part begins in the file; 0 if the whole is read.
  package let start: Int
  /// The length in bytes, of the file when it was opened or of the part.
  package let count: Int
  private let descriptor: CInt

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - part: The bytes that count as the file; nil for all.
  /// - Throws: ``FileError`` if it is not there, not a regular file, may not be read, or ends
  ///   before the part does.
  package init(reading path: String, part: Range<Int>? = nil) throws(FileError) {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw FileError(path: path, reason: "is not a name of a file; check the path")
    }
    // Without O_NONBLOCK, opening a pipe that nobody writes to waits for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      // A socket has a name and cannot be opened.
      throw FileKind(path) == .other ? .notRegular(path) : .unopened(path)
    }
    do throws(FileError) {
      let size = try Self.size(of: descriptor, path)
      let (first, length) = (part?.lowerBound ?? 0, part?.count ?? size)
      guard first >= 0, first <= size, length <= size - first else {
        throw .damaged(
          path, "ends at byte \(size), and what lies in it at byte \(first.addingClamped(length))")
      }
      (self.path, start, count, self.descriptor) = (path, first, length, descriptor)
    } catch {
      close(descriptor)
      throw error
    }
  }

  deinit { close(descriptor) }

  private static func size(of descriptor: CInt, _ path: String) throws(FileError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unread(path) }
    switch FileKind(status) {
    case .file: return Int(status.st_size)
    case .folder:
      throw FileError(path: path, reason: "is a folder, expected a file; name a file in it")
    case .other: throw .notRegular(path)
    }
  }

  /// Reads a piece of the file.
  ///
  /// - Throws: ``FileError`` if the piece reaches over the end, before memory is taken for it.
  package func bytes(at offset: Int, count: Int) throws(FileError) -> [UInt8] {
    try check(offset, count)
    var failure: FileError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      let piece = UnsafeMutableRawBufferPointer(
        rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count])
      do throws(FileError) {
        try fill(piece, at: offset)
        initialized = count
      } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Reads all of the file.
  ///
  /// - Parameter limit: The most bytes that it may have.
  /// - Returns: Its bytes.
  /// - Throws: ``FileError`` if it is longer than that, before memory is taken for it.
  package func contents(limit: Int = 1 << 30) throws(FileError) -> [UInt8] {
    guard count <= limit else { throw .tooLong(path, "the file", count, limit: limit) }
    return try bytes(at: 0, count: count)
  }

  /// Reads the first bytes, as many as there are up to a limit.
  package func prefix(_ limit: Int) throws(FileError) -> [UInt8] {
    try bytes(at: 0, count: min(limit, count))
  }

  /// Fills memory with what stands at an offset.
  ///
  /// - Throws: ``FileError`` if the file ends before.
  package func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(FileError) {
    try check(offset, buffer.count)
    try fill(buffer, at: offset)
  }

  private func fill(
    _ buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(FileError) {
    var done = 0
    while done < buffer.count {
      let got = pread(
        descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done,
        off_t(start + offset + done))
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw .unread(path) }
      guard got > 0 else {
        throw FileError(
          path: path,
          reason: "became shorter while it was read; wait until it is written and try again")
      }
      done += got
    }
  }

  private func check(_ offset: Int, _ length: Int) throws(FileError) {
    guard offset >= 0, length >= 0, length <= count, offset <= count - length else {
      throw .damaged(
        path, "ends at byte \(count), and \(length) bytes at \(offset) are needed")
    }
  }
}

extension FileError {
  fileprivate static func notRegular(_ path: String) -> FileError {
    FileError(
      path: path, reason: "is a pipe or device, expected a file; copy its content to a file first")
  }

  /// A thing in a file that has more bytes than are read at once.
  static func tooLong(_ path: String, _ thing: String, _ count: Int, limit: Int) -> FileError {
    FileError(
      path: path,
      reason: "\(thing) has \(count) bytes, expected \(limit) at most; is it the right one?")
  }
}

extension Int {
  fileprivate func addingClamped(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
