/// What an object's header leads to.
struct ObjectHeader {
  var symbolTable: SymbolTable?
}

extension FileMap {
  /// Reads an object's header with all that it leads to, but not a group's members.
  mutating func objectHeader(at start: Int) throws(HDF5Error) -> ObjectHeader {
    guard headers.insert(start).inserted else {
      throw HDF5Error(
        file: file.file,
        reason: "two names lead to the object at byte \(base + start); the file is damaged, or has "
          + "hard links, which are not followed")
    }
    let prefix = try file.read(base + start, 16)
    if prefix.bytes.starts(with: Array("OHDR".utf8)) {
      // An object in the newer form: its checksum is libhdf5's to compare, its pieces stay unknown.
      isComplete = false
      try note(start, 16, isData: false)
      return ObjectHeader()
    }
    guard prefix.bytes[0] == 1 else { throw prefix.damaged("is no header of an object") }
    let messageCount = try prefix.number(at: 2, size: 2)
    try note(start, 16, isData: false)
    var blocks = [(start: start + 16, length: try prefix.number(at: 8, size: 4))]
    var header = ObjectHeader()
    var found = 0
    while !blocks.isEmpty {
      let next = blocks.removeFirst()
      let block = try claim(next.start, next.length)
      var position = 0
      while position + 8 <= block.count {
        let kind = try block.number(at: position, size: 2)
        let length = try block.number(at: position + 2, size: 2)
        let flags = try block.number(at: position + 4, size: 1)
        let body = try block.part(position + 8, length)
        position += 8 + length
        found += 1
        guard flags & 0x02 == 0 else {
          throw body.damaged("is shared between objects, which is not followed (use h5repack)")
        }
        switch Message(rawValue: kind) {
        case .continuation:
          blocks.append((try body.number(at: 0, size: 8), try body.number(at: 8, size: 8)))
        case .symbolTable: header.symbolTable = try SymbolTable(body)
        case .layout: try layout(body)
        case .attribute: try attribute(body)
        case .datatype: try datatype(body)
        case .externalFiles: throw body.damaged("has its numbers in other files")
        case .linkInfo, .link, .attributeInfo: isComplete = false
        case nil: break
        }
      }
      guard position == block.count else { throw block.damaged("ends within a message") }
    }
    guard found == messageCount else {
      throw prefix.damaged("has \(found) messages, expected \(messageCount)")
    }
    return header
  }

  /// The messages of an object's header that matter here; all others describe and lead nowhere.
  private enum Message: Int {
    case linkInfo = 0x02
    case datatype = 0x03
    case link = 0x06
    case externalFiles = 0x07
    case layout = 0x08
    case attribute = 0x0C
    case continuation = 0x10
    case symbolTable = 0x11
    case attributeInfo = 0x15
  }

  /// Notes where an array's numbers are.
  private mutating func layout(_ body: Piece) throws(HDF5Error) {
    guard try body.number(at: 0, size: 1) == 3 else {
      throw body.damaged("describes an array in the form of HDF5 before 1.6 (or use h5repack)")
    }
    switch try body.number(at: 1, size: 1) {
    case 0: _ = try body.part(4, try body.number(at: 2, size: 2))
    case 1:
      let length = try body.number(at: 10, size: 8)
      if let start = try body.address(at: 2) {
        try note(start, length, isData: true)
      }
    case 2:
      try blocks(body)
    default: throw body.damaged("lays an array out in an unknown way")
    }
  }

  /// Notes where an array's blocks are.
  ///
  /// A tree lists them in order of where they begin, which is how libhdf5 looks for them: of one that
  /// it does not find it makes zeros.
  private mutating func blocks(_ body: Piece) throws(HDF5Error) {
    // The last dimension is that of the bytes of a number.
    let rank = try body.number(at: 2, size: 1)
    guard 2...33 ~= rank else { throw body.damaged("lays an array out in \(rank) dimensions") }
    var extents: [Int] = []
    for axis in 0..<rank { extents.append(try body.number(at: 11 + 4 * axis, size: 4)) }
    guard !extents.contains(0) else { throw body.damaged("lays an array out in blocks of no size") }
    guard let start = try body.address(at: 3) else { return }
    func position(_ key: Piece) throws(HDF5Error) -> [Int] {
      var position: [Int] = []
      for axis in 0..<rank {
        position.append(try key.number(at: 8 + 8 * axis, size: 8) / extents[axis])
      }
      return position
    }
    let chunks = try tree(
      at: start, kind: 1, keySize: 8 + 8 * rank, capacity: capacity.chunkNode)
    for chunk in chunks {
      let place = try position(chunk.key)
      guard place.last == 0, place.lexicographicallyPrecedes(try position(chunk.nextKey))
      else { throw chunk.key.damaged("lists blocks out of order") }
      try note(chunk.child, try chunk.key.number(at: 0, size: 4), isData: true)
    }
  }

  /// Arrays of texts or lists keep them in heaps that only the arrays lead to.
  private mutating func datatype(_ body: Piece) throws(HDF5Error) {
    if [6, 7, 9, 10].contains(try body.number(at: 0, size: 1) & 0x0F) { isComplete = false }
  }
}
