internal import Files
internal import Importing
internal import Tensors

/// A checkpoint of version 2: an index of all tensors, and their bytes in one or more files beside it.
///
/// The index is a table; its value for a tensor's name is a message `BundleEntryProto`, its first value
/// a `BundleHeaderProto`.
struct TensorBundle {
  /// A tensor and where its bytes are.
  private struct Entry {
    var type = DataType(number: 0)
    var shape: [Int] = []
    var shard = 0
    var offset = 0
    var byteCount = 0
    var checksum: UInt32 = 0
    var isPartitioned = false
  }

  /// What both the index and the other files are called, up to `.index` and `.data-…`.
  let prefix: String
  /// The tensors' names in their order, each with type and shape.
  private(set) var variables: [TensorFlowVariable] = []
  private var entries: [String: Entry] = [:]
  private var shards: [Int: FileWindow] = [:]
  private var shardCount = 0

  private static let objectGraphKey = "_CHECKPOINTABLE_OBJECT_GRAPH"

  /// Reads the index, and opens the files that hold tensors.
  init(prefix: String) throws {
    self.prefix = prefix
    let file = try FileWindow(reading: prefix + ".index")
    let table = try SortedTable(file)
    var hasHeader = false
    for block in table.blocks {
      try table.check(block)
      try table.forEachEntry(of: block) { entry throws in
        if entry.key.isEmpty {
          try readHeader(entry.value, of: file)
          hasHeader = true
        } else if entry.key[0] != 0 {  // a piece of a partitioned tensor has such a key
          try readEntry(entry, of: file)
        }
      }
    }
    guard hasHeader else {
      throw ImportError.damaged(file: file.path, object: "header", reason: "there is none")
    }
    try checkPlaces()
  }

  /// Reads a tensor's numbers and compares them with their checksum.
  func read(_ path: String) throws -> Tensor {
    guard let entry = entries[path], let type = entry.type.elementType,
      let file = shards[entry.shard]
    else {
      throw ImportError.damaged(file: prefix, object: path, reason: "there is no such tensor")
    }
    return try Tensor(shape: entry.shape, elementType: type) { bytes throws in
      try file.read(into: bytes, at: entry.offset)
      var checksum = MaskedChecksum()
      checksum.add(UnsafeRawBufferPointer(bytes))
      guard checksum.value == entry.checksum else {
        throw ImportError.damaged(
          file: file.path, object: path, reason: "the checksum is not that of the bytes")
      }
    }
  }

  /// The bytes of the message that says which Python object has which variable, if there is one.
  func objectGraph() throws -> ProtobufCursor<ByteArray>? {
    guard let entry = entries[Self.objectGraphKey] else { return nil }
    let file = try shard(entry.shard)
    let place = ProtobufCursor<ByteArray>.Place(file: file.path, object: Self.objectGraphKey)
    let (end, overflow) = entry.offset.addingReportingOverflow(entry.byteCount)
    guard entry.type.name == "string", entry.shape.isEmpty, entry.offset >= 0,
      entry.byteCount >= 0, !overflow, end <= file.byteCount
    else {
      throw place.damaged("it is not a text within the file")
    }
    // A text's length, a checksum of the length, the text.
    let bytes = try file.bytes(in: entry.offset..<end)
    var cursor = ProtobufCursor(ByteArray(bytes), in: 0..<bytes.count, place: place)
    let length = try cursor.varint()
    let lengthChecksum = try cursor.skip(4)
    let text = try cursor.skip(length)
    var checksum = MaskedChecksum()
    withUnsafeBytes(of: UInt32(truncatingIfNeeded: length).littleEndian) { checksum.add($0) }
    bytes[lengthChecksum].withUnsafeBytes { checksum.add($0) }
    bytes[text].withUnsafeBytes { checksum.add($0) }
    guard checksum.value == entry.checksum else {
      throw place.damaged("the checksum is not that of the bytes")
    }
    return cursor.inner(text)
  }

  private mutating func readHeader(
    _ range: Range<Int>, of file: FileWindow
  ) throws {
    var message = ProtobufCursor(
      file, in: range, place: .init(file: file.path, object: "header"))
    while let (field, value) = try message.next() {
      switch (field, value.integer) {
      case (1, let count?): shardCount = count
      case (2, let endianness?) where endianness != 0:
        throw ImportError.unreadableForm(
          file: file.path, form: "a checkpoint of a big-endian machine",
          advice: "restore it in TensorFlow on a machine like this and save it again")
      default: break
      }
    }
    guard (1...99_999).contains(shardCount) else {
      throw message.place.damaged("expected 1 to 99999 files of data, found \(shardCount)")
    }
  }

  private mutating func readEntry(
    _ record: SortedTable.Entry, of file: FileWindow
  ) throws {
    let name = String(decoding: record.key, as: UTF8.self)
    var message = ProtobufCursor(
      file, in: record.value, place: .init(file: file.path, object: name))
    var entry = Entry()
    while let (field, value) = try message.next() {
      switch (field, value) {
      case (1, .varint(let number)):
        entry.type = DataType(number: Int(truncatingIfNeeded: number))
      case (2, .range(let range)): entry.shape = try shape(message.inner(range))
      case (3, .varint(let number)): entry.shard = Int(truncatingIfNeeded: number)
      case (4, .varint(let number)): entry.offset = Int(truncatingIfNeeded: number)
      case (5, .varint(let number)): entry.byteCount = Int(truncatingIfNeeded: number)
      case (6, .fixed32(let checksum)): entry.checksum = checksum
      case (7, _): entry.isPartitioned = true
      default: break
      }
    }
    guard !entry.isPartitioned || entry.type.elementType == nil else {
      throw ImportError.unreadableForm(
        file: file.path, form: "a checkpoint with variables in several pieces (\(name))",
        advice: "restore it in TensorFlow without a partitioner and save it again")
    }
    guard entries.updateValue(entry, forKey: name) == nil else {
      throw message.place.damaged("the index has it twice")
    }
    if name != Self.objectGraphKey {
      variables.append(
        TensorFlowVariable(path: name, name: name, shape: entry.shape, type: entry.type))
    }
  }

  /// Every tensor's bytes must be in a file, as many as its shape asks for, and nobody else's.
  private mutating func checkPlaces() throws {
    var pieces: [Int: [(offset: Int, end: Int, name: String)]] = [:]
    for variable in variables {
      guard let entry = entries[variable.path], let type = entry.type.elementType else { continue }
      let file = try shard(entry.shard)
      shards[entry.shard] = file
      func damaged(_ reason: String) -> ImportError {
        .damaged(file: file.path, object: variable.path, reason: reason)
      }
      let expected = entry.shape.reduce(1, *) * type.byteCount
      guard entry.byteCount == expected else {
        throw damaged(
          "expected \(expected) bytes for the shape \(entry.shape), found \(entry.byteCount)")
      }
      let (end, overflow) = entry.offset.addingReportingOverflow(expected)
      guard entry.offset >= 0, !overflow, end <= file.byteCount else {
        throw damaged("its bytes go beyond the file's \(file.byteCount)")
      }
      if expected > 0 {
        pieces[entry.shard, default: []].append((entry.offset, end, variable.path))
      }
    }
    for (shard, unsorted) in pieces {
      let sorted = unsorted.sorted { $0.offset < $1.offset }
      for (piece, next) in zip(sorted, sorted.dropFirst()) where piece.end > next.offset {
        throw ImportError.damaged(
          file: shards[shard]?.path ?? prefix, object: next.name,
          reason: "shares bytes with \(piece.name)")
      }
    }
  }

  private func shard(_ number: Int) throws -> FileWindow {
    if let file = shards[number] { return file }
    guard (0..<shardCount).contains(number) else {
      throw ImportError.damaged(
        file: "\(prefix).index", object: "shard \(number)",
        reason: "expected one of \(shardCount) files of data")
    }
    return try FileWindow(
      reading: "\(prefix).data-\(fiveDigits(number))-of-\(fiveDigits(shardCount))")
  }

  private func fiveDigits(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: 5 - digits.count) + digits
  }
}
