internal import Files

/// A part of a file, read from front to back.
struct ByteStream {
  private let window: FileWindow
  /// Where in the file the next byte stands.
  private(set) var position: Int
  /// Where the part ends in the file.
  let end: Int

  init(_ file: OpenFile, _ range: Range<Int>) {
    window = FileWindow(file)
    (position, end) = (range.lowerBound, min(range.upperBound, file.count))
  }

  /// How many bytes are left.
  var remaining: Int { end - position }

  /// The next byte; nil at the end.
  mutating func next() throws(FileError) -> UInt8? {
    guard position < end else { return nil }
    let byte = try window.byte(at: position)
    position += 1
    return byte
  }

  /// The next bytes; nil, before memory is taken for them, if there are not as many.
  mutating func next(_ count: Int) throws(FileError) -> [UInt8]? {
    guard count >= 0, count <= remaining else { return nil }
    let bytes = try window.bytes(in: position..<(position + count))
    position += count
    return bytes
  }

  /// The next `size` bytes as a number, the least significant first; nil if it is beyond any file.
  mutating func number(_ size: Int) throws(FileError) -> Int? {
    guard let bytes = try next(size) else { return nil }
    return Int(exactly: bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }
}
