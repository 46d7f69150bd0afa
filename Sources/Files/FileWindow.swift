/// A file for readers that go byte by byte: a window moves along with them.
///
/// So a file of any size can be walked through without having it in memory.
package final class FileWindow {
  package let file: OpenFile
  /// What lies in the window, and where it begins in the file.
  @usableFromInline var content: [UInt8] = []
  @usableFromInline var start = 0

  private static let byteCount = 1 << 16
  /// The longest piece for which the window moves.
  private static let smallByteCount = 1 << 8

  package init(_ file: OpenFile) { self.file = file }

  /// Opens a file.
  ///
  /// - Throws: ``FileError`` as ``OpenFile`` does.
  package convenience init(reading path: String) throws(FileError) {
    self.init(try OpenFile(reading: path))
  }

  package var path: String { file.path }

  /// The file's length in bytes.
  package var byteCount: Int { file.count }

  /// The byte at an offset below ``byteCount``.
  ///
  /// - Throws: ``FileError`` if it cannot be read.
  @inlinable
  package func byte(at offset: Int) throws(FileError) -> UInt8 {
    if offset < start || offset - start >= content.count { try move(to: offset) }
    return content[offset - start]
  }

  /// The bytes of a range.
  ///
  /// - Throws: ``FileError`` if it reaches over the end, before memory is taken for it.
  package func bytes(in range: Range<Int>) throws(FileError) -> [UInt8] {
    // Only for who goes on from where the window ends: one that jumps about would read it in vain.
    if !covers(range), range.count <= Self.smallByteCount, range.lowerBound < file.count,
      start...(start + content.count) ~= range.lowerBound
    {
      try move(to: range.lowerBound)
    }
    guard covers(range) else {
      return try file.bytes(at: range.lowerBound, count: range.count)
    }
    return Array(content[(range.lowerBound - start)..<(range.upperBound - start)])
  }

  /// Fills memory with what stands at an offset.
  ///
  /// - Throws: ``FileError`` if the file ends before.
  package func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(FileError) {
    try file.read(into: buffer, at: offset)
  }

  private func covers(_ range: Range<Int>) -> Bool {
    range.lowerBound >= start && range.upperBound <= start + content.count
  }

  @usableFromInline
  func move(to offset: Int) throws(FileError) {
    precondition(0..<file.count ~= offset, "a byte beyond the file's end")
    content = try file.bytes(at: offset, count: min(Self.byteCount, file.count - offset))
    start = offset
  }
}
