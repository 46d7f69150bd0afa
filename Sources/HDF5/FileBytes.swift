internal import Files

/// A file's bytes as this room wants them: in pieces, and with its errors.
struct FileBytes {
  private let source: OpenFile

  /// Opens a regular file.
  ///
  /// - Parameters:
  ///   - file: The file's path.
  ///   - part: The bytes that count as the file; nil for all.
  /// - Throws: ``HDF5Error`` if there is no such file, or it ends before the part does.
  init(reading file: String, part: Range<Int>? = nil) throws(HDF5Error) {
    do { source = try OpenFile(reading: file, part: part) } catch { throw HDF5Error(error) }
  }

  var file: String { source.path }

  /// The length of what is read: the file's, or the part's.
  var count: Int { source.count }

  /// Where the part begins in the file.
  var start: Int { source.start }

  /// Reads a piece of the file.
  ///
  /// - Throws: ``HDF5Error`` if the piece reaches over the end.
  func read(_ offset: Int, _ length: Int) throws(HDF5Error) -> Piece {
    do {
      return Piece(file: file, offset: offset, bytes: try source.bytes(at: offset, count: length))
    } catch { throw HDF5Error(error) }
  }

  /// Reads a piece of the file to where it is wanted.
  ///
  /// - Throws: ``HDF5Error`` if the piece reaches over the end.
  func read(_ offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(HDF5Error) {
    do { try source.read(into: buffer, at: offset) } catch { throw HDF5Error(error) }
  }
}

extension HDF5Error {
  /// What the system says of a file, in this room's type.
  init(_ error: FileError) { self.init(file: error.path, reason: error.reason) }
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
