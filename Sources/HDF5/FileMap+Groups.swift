/// Where a group's members are listed: a tree over names, and the heap that holds the names.
struct SymbolTable: Equatable {
  let tree: Int
  let heap: Int

  init(_ piece: Piece) throws(HDF5Error) {
    tree = try piece.number(at: 0, size: 8)
    heap = try piece.number(at: 8, size: 8)
  }
}

/// One member of a group.
struct SymbolEntry {
  let nameOffset: Int
  /// Where the object's header is; nil for a soft link.
  let header: Int?
  /// A copy of the object's own symbol table, where the object is a group.
  let cachedTable: SymbolTable?
  /// Where in the heap a soft link's target is.
  let targetOffset: Int?

  init(_ piece: Piece) throws(HDF5Error) {
    nameOffset = try piece.number(at: 0, size: 8)
    switch try piece.number(at: 16, size: 4) {
    case 0: (cachedTable, targetOffset) = (nil, nil)
    case 1: (cachedTable, targetOffset) = (try SymbolTable(piece.part(24, 16)), nil)
    case 2: (cachedTable, targetOffset) = (nil, try piece.number(at: 24, size: 4))
    default: throw piece.damaged("is a member of a group in an unknown form")
    }
    header = targetOffset == nil ? try piece.number(at: 8, size: 8) : nil
  }
}

extension FileMap {
  /// Walks an object, and its members if it is a group.
  mutating func visit(_ entry: SymbolEntry) throws(HDF5Error) {
    // Groups within groups, walked without recursion: a forged file may nest them without end.
    var pending = [entry]
    while let entry = pending.popLast() {
      guard let header = entry.header else { continue }
      let object = try objectHeader(at: header)
      if let cached = entry.cachedTable, cached != object.symbolTable {
        throw HDF5Error(
          file: file.file,
          reason: "a group is said to lie in two places; the file is damaged")
      }
      if let table = object.symbolTable { pending += try members(of: table) }
    }
  }

  /// Reads the members of a group, which are in the order of their names.
  private mutating func members(of table: SymbolTable) throws(HDF5Error) -> [SymbolEntry] {
    let heap = try localHeap(at: table.heap)
    let nodes = try tree(at: table.tree, kind: 0, keySize: 8, capacity: capacity.groupNode)
    var entries: [SymbolEntry] = []
    var lastName: [UInt8] = []
    for node in nodes {
      let piece = try claim(node.child, 8 + 2 * capacity.groupLeaf * 40)
      guard piece.bytes.starts(with: Array("SNOD".utf8)), piece.bytes[4] == 1 else {
        throw piece.damaged("is no list of members")
      }
      let count = try piece.number(at: 6, size: 2)
      guard count > 0, count <= 2 * capacity.groupLeaf else {
        throw piece.damaged("has \(count) members")
      }
      for index in 0..<count {
        let entry = try SymbolEntry(piece.part(8 + 40 * index, 40))
        let name = Array(try heap.text(at: entry.nameOffset).utf8)
        guard !name.isEmpty, lastName.lexicographicallyPrecedes(name) else {
          throw piece.damaged("has members out of order")
        }
        if let target = entry.targetOffset { _ = try heap.text(at: target) }
        lastName = name
        entries.append(entry)
      }
      // The key after a node is its greatest name.
      guard Array(try heap.text(at: node.nextKey.number(at: 0, size: 8)).utf8) == lastName else {
        throw piece.damaged("has members that its tree does not know")
      }
    }
    return entries
  }

  /// Reads the heap that holds a group's names.
  private mutating func localHeap(at start: Int) throws(HDF5Error) -> Piece {
    let header = try claim(start, 32)
    guard header.bytes.starts(with: Array("HEAP".utf8)), header.bytes[4] == 0 else {
      throw header.damaged("is no heap of names")
    }
    let length = try header.number(at: 8, size: 8)
    let segment = try claim(try header.number(at: 24, size: 8), length)
    // Free blocks are chained; each names the next, and 1 stands for none.
    var free = try header.number(at: 16, size: 8)
    var seen: Set<Int> = []
    while free != 1 {
      guard seen.insert(free).inserted, free % 8 == 0 else {
        throw header.damaged("has free blocks in a circle")
      }
      let size = try segment.number(at: free + 8, size: 8)
      guard size >= 16, size <= length - free else {
        throw header.damaged("has a free block of \(size) bytes")
      }
      free = try segment.number(at: free, size: 8)
    }
    return segment
  }

  /// A leaf's entry in a tree: where it leads, and the keys on both sides.
  struct TreeEntry {
    let key: Piece
    let child: Int
    let nextKey: Piece
  }

  /// Reads a tree of version 1.
  ///
  /// - Parameters:
  ///   - start: The root node's address.
  ///   - kind: 0 for a group's, 1 for an array's.
  ///   - keySize: The size of a key, in bytes.
  ///   - capacity: Half the number of children that a node has room for.
  /// - Returns: The entries of the leaves, in order.
  /// - Throws: ``HDF5Error`` if this is no such tree.
  mutating func tree(
    at start: Int, kind: Int, keySize: Int, capacity: Int
  ) throws(HDF5Error) -> [TreeEntry] {
    var nodes = [start]
    var parents: [TreeEntry] = []
    var level: Int?
    while true {
      var entries: [TreeEntry] = []
      for (index, address) in nodes.enumerated() {
        let first = entries.count
        let node = try claim(address, 24 + (2 * capacity + 1) * keySize + 2 * capacity * 8)
        let count = try node.number(at: 6, size: 2)
        let nodeLevel = try node.number(at: 5, size: 1)
        guard node.bytes.starts(with: Array("TREE".utf8)), Int(node.bytes[4]) == kind,
          count <= 2 * capacity, nodeLevel == level ?? nodeLevel,
          try node.address(at: 8) == (index == 0 ? nil : nodes[index - 1]),
          try node.address(at: 16) == (index + 1 == nodes.count ? nil : nodes[index + 1])
        else { throw node.damaged("is no node of a tree, or of another tree") }
        level = nodeLevel
        for position in 0..<count {
          let key = 24 + position * (keySize + 8)
          entries.append(
            TreeEntry(
              key: try node.part(key, keySize),
              child: try node.number(at: key + keySize, size: 8),
              nextKey: try node.part(key + keySize + 8, keySize)))
        }
        // The way down to a block is found by keys; those of a node's parent are copies of its own.
        if kind == 1, !parents.isEmpty {
          guard count > 0, entries[first].key.bytes[8...] == parents[index].key.bytes[8...],
            entries[entries.count - 1].nextKey.bytes[8...] == parents[index].nextKey.bytes[8...]
          else { throw node.damaged("has other blocks than its parent knows") }
        }
      }
      guard let depth = level, depth > 0 else { return entries }
      level = depth - 1
      parents = entries
      nodes = entries.map(\.child)
    }
  }
}
