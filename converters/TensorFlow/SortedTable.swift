internal import Files
internal import Importing

/// A file of keys and values in the order of the keys, as LevelDB writes it.
///
/// A V2 checkpoint's index is one, and so is a whole V1 checkpoint. A footer of 48 bytes says where the
/// index block is, that one where the data blocks are. A block is entries, the places where keys start
/// anew, then a byte for the compression and a checksum.
struct SortedTable {
  let file: FileWindow
  /// The data blocks, in the order of the file.
  let blocks: [Block]

  /// Where a block's content lies; five bytes follow it.
  struct Block {
    let content: Range<Int>
  }

  /// One key with the place of its value.
  struct Entry {
    let key: [UInt8]
    let value: Range<Int>
  }

  static let footerByteCount = 48
  private static let trailerByteCount = 5
  private static let magic: [UInt8] = [0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB]
  /// Longer keys than any name that TensorFlow gives.
  private static let longestKey = 1 << 14

  /// Whether a file ends as such a table does.
  static func isOne(_ file: FileWindow) throws -> Bool {
    let end = file.byteCount
    guard end >= footerByteCount else { return false }
    return try file.bytes(in: (end - magic.count)..<end) == magic
  }

  /// Reads the footer and the index.
  init(_ file: FileWindow) throws {
    self.file = file
    let place = Self.place("footer", in: file)
    guard try Self.isOne(file) else { throw place.damaged("there is no table's footer") }
    let footer = (file.byteCount - Self.footerByteCount)..<(file.byteCount - Self.magic.count)
    var cursor = ProtobufCursor(file, in: footer, place: place)
    _ = try Self.block(&cursor, below: footer.lowerBound)  // of no use: a list of filters
    let index = try Self.block(&cursor, below: footer.lowerBound)
    try Self.check(index, of: file)
    var blocks: [Block] = []
    var end = 0
    try Self.forEachEntry(of: index.content, in: file, "index") { entry throws in
      var cursor = ProtobufCursor(file, in: entry.value, place: Self.place("index", in: file))
      let block = try Self.block(&cursor, below: index.content.lowerBound)
      // In order and apart, or a forged index could have a block read again and again.
      guard block.content.lowerBound >= end else {
        throw Self.place("index", in: file).damaged("blocks lie over one another")
      }
      end = block.content.upperBound + Self.trailerByteCount
      blocks.append(block)
    }
    self.blocks = blocks
  }

  /// Walks through the entries of a block.
  func forEachEntry(
    of block: Block, _ body: (Entry) throws -> Void
  ) throws {
    try Self.refuseCompression(of: block, in: file)
    try Self.forEachEntry(of: block.content, in: file, "block", body)
  }

  /// Compares a block with its checksum, without having it all in memory.
  func check(_ block: Block) throws { try Self.check(block, of: file) }

  private static func place(
    _ object: String, in file: FileWindow
  ) -> ProtobufCursor<FileWindow>.Place { .init(file: file.path, object: object) }

  private static func block(
    _ cursor: inout ProtobufCursor<FileWindow>, below limit: Int
  ) throws -> Block {
    let (offset, count) = (try cursor.varint(), try cursor.varint())
    let (end, overflow) = offset.addingReportingOverflow(count)
    guard !overflow, end <= UInt64(max(limit - trailerByteCount, 0)) else {
      throw cursor.place.damaged("a block of \(count) bytes at \(offset) goes beyond the file")
    }
    return Block(content: Int(offset)..<Int(end))
  }

  private static func refuseCompression(
    of block: Block, in file: FileWindow
  ) throws {
    let type = try file.byte(at: block.content.upperBound)
    if type == 0 { return }
    throw ImportError.unreadableForm(
      file: file.path,
      form: "a table with blocks " + (type == 1 ? "compressed by Snappy" : "of type \(type)"),
      advice: "restore the checkpoint in TensorFlow and save it again")
  }

  private static func check(_ block: Block, of file: FileWindow) throws {
    try refuseCompression(of: block, in: file)
    let end = block.content.upperBound
    var checksum = MaskedChecksum()
    var position = block.content.lowerBound
    while position <= end {
      let next = min(position + 1 << 20, end + 1)
      try file.bytes(in: position..<next).withUnsafeBytes { checksum.add($0) }
      position = next
    }
    let stored = try file.bytes(in: (end + 1)..<(end + 5))
    guard stored.littleEndianNumber == UInt64(checksum.value) else {
      throw place("block at \(block.content.lowerBound)", in: file)
        .damaged("the checksum is not that of the bytes")
    }
  }

  private static func forEachEntry(
    of content: Range<Int>, in file: FileWindow, _ name: String,
    _ body: (Entry) throws -> Void
  ) throws {
    let place = Self.place("\(name) at \(content.lowerBound)", in: file)
    guard content.count >= 4 else { throw place.damaged("it is too short") }
    let restarts = try file.bytes(in: (content.upperBound - 4)..<content.upperBound)
    let (tail, overflow) = Int(restarts.littleEndianNumber).multipliedReportingOverflow(by: 4)
    guard !overflow, tail <= content.count - 4 else {
      throw place.damaged("it has more starts of keys than bytes")
    }
    let end = content.upperBound - 4 - tail
    var cursor = ProtobufCursor(file, in: content.lowerBound..<end, place: place)
    var key: [UInt8] = []
    // What keys share is not stored again. Forged blocks could make much of that.
    var keyBytes = 0
    while cursor.position < end {
      let (shared, count, value) = (try cursor.varint(), try cursor.varint(), try cursor.varint())
      guard shared <= UInt64(key.count), count <= UInt64(longestKey) - shared else {
        throw place.damaged("a key is not made of the one before it")
      }
      key.removeLast(key.count - Int(shared))
      key += try file.bytes(in: try cursor.skip(count))
      keyBytes += key.count
      guard keyBytes <= 32 * content.count else {
        throw place.damaged("its keys are \(keyBytes) bytes long")
      }
      try body(Entry(key: key, value: try cursor.skip(value)))
    }
  }
}

extension [UInt8] {
  /// The number that these bytes are, the lowest first.
  var littleEndianNumber: UInt64 { reversed().reduce(0) { $0 << 8 | UInt64($1) } }
}
