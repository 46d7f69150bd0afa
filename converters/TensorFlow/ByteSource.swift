internal import Files

/// Bytes that can be read at any place.
protocol ByteSource {
  var byteCount: Int { get }

  /// The byte at an offset below ``byteCount``.
  ///
  /// - Throws: `FileError` if it cannot be read.
  func byte(at offset: Int) throws -> UInt8

  /// The bytes of a range that lies within ``byteCount``.
  func bytes(in range: Range<Int>) throws -> [UInt8]
}

extension FileWindow: ByteSource {}

/// Bytes in memory.
struct ByteArray: ByteSource {
  let content: [UInt8]

  init(_ content: [UInt8]) { self.content = content }

  var byteCount: Int { content.count }

  func byte(at offset: Int) -> UInt8 { content[offset] }

  func bytes(in range: Range<Int>) -> [UInt8] { Array(content[range]) }
}
