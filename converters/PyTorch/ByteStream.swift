internal import Safetensors

/// A part of a file, read from front to back.
struct ByteStream {
  private let file: OpenFile
  /// Where the part ends in the file.
  let end: Int
  private var buffer: [UInt8] = []
  private var index = 0
  /// Where the buffer ends in the file.
  private var bufferEnd: Int

  init(_ file: OpenFile, _ range: Range<Int>) {
    (self.file, end, bufferEnd) = (file, min(range.upperBound, file.count), range.lowerBound)
  }

  /// Where in the file the next byte stands.
  var position: Int { bufferEnd - (buffer.count - index) }

  /// How many bytes are left.
  var remaining: Int { end - position }

  /// The next byte; nil at the end.
  mutating func next() throws(FileError) -> UInt8? {
    if index == buffer.count {
      guard bufferEnd < end else { return nil }
      buffer = try file.bytes(at: bufferEnd, count: min(1 << 16, end - bufferEnd))
      (index, bufferEnd) = (0, bufferEnd + buffer.count)
    }
    defer { index += 1 }
    return buffer[index]
  }

  /// The next bytes; nil, before memory is taken for them, if there are not as many.
  mutating func next(_ count: Int) throws(FileError) -> [UInt8]? {
    guard count >= 0, count <= remaining else { return nil }
    if count <= buffer.count - index {
      defer { index += count }
      return Array(buffer[index..<(index + count)])
    }
    let bytes = try file.bytes(at: position, count: count)
    (bufferEnd, buffer, index) = (position + count, [], 0)
    return bytes
  }

  /// The next `size` bytes as a number, the least significant first; nil if it is beyond any file.
  mutating func number(_ size: Int) throws(FileError) -> Int? {
    guard let bytes = try next(size) else { return nil }
    return Int(exactly: bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }
}
