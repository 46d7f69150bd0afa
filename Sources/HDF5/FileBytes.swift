internal import Glibc

/// A file's bytes, read where they are asked for.
struct FileBytes: ~Copyable {
  let file: String
  /// The length of what is read: the file's, or the part's.
  let count: Int
  /// Where the part begins in the file.
  let start: Int
  private let descriptor: Int32

  /// Opens a regular file.
  ///
  /// - Parameters:
  ///   - file: The file's path.
  ///   - part: The bytes that count as the file; nil for all.
  /// - Throws: ``HDF5Error`` if there is no such file, or it ends before the part does.
  init(reading file: String, part: Range<Int>? = nil) throws(HDF5Error) {
    var status = stat()
    guard stat(file, &status) == 0 else { throw systemError(opening: file, call: "stat") }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw HDF5Error(file: file, reason: "is a folder, expected an HDF5 file")
    default: throw HDF5Error(file: file, reason: "is not a regular file, expected an HDF5 file")
    }
    let size = Int(status.st_size)
    let (first, length) = (part?.lowerBound ?? 0, part?.count ?? size)
    guard first >= 0, first <= size, length <= size - first else {
      throw HDF5Error(
        file: file,
        reason: "ends at byte \(size), and what lies in it at byte \(first + length); it was cut")
    }
    let opened = open(file, O_RDONLY | O_CLOEXEC)
    guard opened >= 0 else { throw systemError(opening: file, call: "open") }
    (self.file, descriptor, start, count) = (file, opened, first, length)
  }

  deinit { close(descriptor) }

  /// Reads a piece of the file.
  ///
  /// - Throws: ``HDF5Error`` if the piece reaches over the end.
  func read(_ offset: Int, _ length: Int) throws(HDF5Error) -> Piece {
    guard offset >= 0, length >= 0, length <= count, offset <= count - length else {
      throw HDF5Error(
        file: file,
        reason: "ends at byte \(count), and byte \(offset) is needed; the file is damaged")
    }
    var bytes = [UInt8](repeating: 0, count: length)
    var failure: HDF5Error?
    bytes.withUnsafeMutableBytes { buffer in
      do throws(HDF5Error) { try read(offset, into: buffer) } catch { failure = error }
    }
    if let failure { throw failure }
    return Piece(file: file, offset: offset, bytes: bytes)
  }

  /// Reads a piece of the file to where it is wanted.
  ///
  /// - Throws: ``HDF5Error`` if the piece reaches over the end.
  func read(_ offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(HDF5Error) {
    var done = 0
    while done < buffer.count {
      let got = pread(
        descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done,
        off_t(start + offset + done))
      guard got > 0 else {
        let reason = got == 0 ? "the file was cut meanwhile" : String(cString: strerror(errno))
        throw HDF5Error(file: file, call: "pread", reason: reason)
      }
      done += got
    }
  }
}

/// Consecutive bytes of a file, read as the little-endian numbers that HDF5 describes itself with.
struct Piece {
  let file: String
  /// Where the piece begins in the file.
  let offset: Int
  let bytes: [UInt8]

  var count: Int { bytes.count }

  /// The unsigned number of `size` bytes, at most 8.
  ///
  /// - Throws: ``HDF5Error`` if the piece is too short, or the number is greater than any address.
  func number(at position: Int, size: Int) throws(HDF5Error) -> Int {
    guard let number = try address(at: position, size: size) else {
      throw damaged("has an impossible number")
    }
    return number
  }

  /// Such a number, or nil if all its bits are set, which stands for nowhere.
  func address(at position: Int, size: Int = 8) throws(HDF5Error) -> Int? {
    guard position >= 0, position <= count - size else { throw damaged("ends too early") }
    var value: UInt64 = 0
    for index in 0..<size { value |= UInt64(bytes[position + index]) << UInt64(8 * index) }
    if value == UInt64.max { return nil }
    guard let number = Int(exactly: value) else { throw damaged("has an impossible number") }
    return number
  }

  /// The text that ends with a zero.
  func text(at position: Int) throws(HDF5Error) -> String {
    guard bytes.indices.contains(position), let end = bytes[position...].firstIndex(of: 0),
      let text = String(validating: bytes[position..<end], as: UTF8.self)
    else { throw damaged("has a name that is no text") }
    return text
  }

  /// A part of the piece.
  func part(_ position: Int, _ length: Int) throws(HDF5Error) -> Piece {
    guard position >= 0, length >= 0, position <= count - length else {
      throw damaged("ends too early")
    }
    return Piece(
      file: file, offset: offset + position, bytes: Array(bytes[position..<(position + length)]))
  }

  func damaged(_ reason: String) -> HDF5Error {
    HDF5Error(
      file: file, reason: "the structure at byte \(offset) \(reason); the file is damaged")
  }
}

private func systemError(opening file: String, call: String) -> HDF5Error {
  let number = errno
  return number == ENOENT
    ? HDF5Error(file: file, reason: "there is no such file; check the path")
    : HDF5Error(file: file, call: call, reason: String(cString: strerror(number)))
}
