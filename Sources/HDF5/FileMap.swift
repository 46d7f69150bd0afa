/// What every byte of a file is for, worked out from the file's own structure.
///
/// The older form of HDF5 (superblock 0 and 1, which Keras writes) has no checksums, and libhdf5
/// believes what it reads: in a damaged file it crashes, does not come back, or quietly takes other
/// bytes for an array's. So before libhdf5 sees a file, this walks all of it, after the [file format
/// specification](https://docs.hdfgroup.org/hdf5/develop/_f_m_t3.html), and throws unless every
/// structure is what it should be, lies in the file, is reached once, and shares no byte with any
/// other. Files of the newer form carry checksums, which libhdf5 compares, and are not walked.
struct FileMap: ~Copyable {
  let file: FileBytes
  /// Where the superblock is; addresses count from there.
  let base: Int
  /// The pieces found so far.
  var regions: [Region] = []
  /// Their length together.
  private var total = 0
  /// False once something has been met whose pieces are not all known.
  var isComplete = true
  /// How many entries the nodes of groups and of arrays have room for.
  var capacity = Capacity()

  /// Where the headers of the objects met so far are.
  var headers: Set<Int> = []
  /// The heaps of texts met so far, by address: the size of each text by its number.
  var globalHeaps: [Int: [Int: Int]] = [:]

  /// Consecutive bytes with one purpose, counted from `base`.
  struct Region {
    let start: Int
    let length: Int
    /// Whether these are an array's numbers.
    let isData: Bool

    var end: Int { start + length }
  }

  struct Capacity {
    var groupLeaf = 0
    var groupNode = 0
    var chunkNode = 32
  }

  /// Throws if the file is not a whole HDF5 file, or its structure contradicts itself.
  static func check(_ file: FileBytes) throws(HDF5Error) {
    let base = try superblock(of: file)
    var map = FileMap(file: file, base: base)
    try map.walk()
  }

  private init(file: FileBytes, base: Int) {
    self.file = file
    self.base = base
  }

  /// Finds the superblock: at the start, or after a user's block of 512, 1024, … bytes.
  private static func superblock(of file: FileBytes) throws(HDF5Error) -> Int {
    guard file.count > 0 else {
      throw HDF5Error(file: file.file, reason: "the file is empty, expected an HDF5 file")
    }
    var offset = 0
    while offset + signature.count <= file.count {
      if try file.read(offset, signature.count).bytes == signature { return offset }
      offset = offset == 0 ? 512 : offset * 2
    }
    throw HDF5Error(
      file: file.file, reason: "is not an HDF5 file (it does not begin with HDF5's signature)")
  }

  private static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

  /// Reads the superblock and all that it leads to.
  private mutating func walk() throws(HDF5Error) {
    let version = try file.read(base, 9).number(at: 8, size: 1)
    guard version < 2 else { return }
    let length = version == 0 ? 96 : 100
    let block = try file.read(base, length)
    guard try block.number(at: 13, size: 1) == 8, try block.number(at: 14, size: 1) == 8 else {
      throw block.damaged("has addresses of other than 8 bytes")
    }
    capacity.groupLeaf = try block.number(at: 16, size: 2)
    capacity.groupNode = try block.number(at: 18, size: 2)
    if version == 1 { capacity.chunkNode = try block.number(at: 24, size: 2) }
    let addresses = length - 72
    let end = try block.number(at: addresses + 16, size: 8)
    guard try block.number(at: addresses, size: 8) == base else {
      throw block.damaged("is not where it says")
    }
    guard end <= file.count else {
      throw HDF5Error(
        file: file.file,
        reason: "the file is cut short, expected \(end) bytes, found \(file.count); copy it again")
    }
    guard try block.address(at: addresses + 24) == nil else {
      throw block.damaged("names a driver, and the file is in pieces")
    }
    try note(0, length, isData: false)
    try visit(SymbolEntry(block.part(length - 40, 40)))
    try checkOverlaps()
    try checkHoles(end: end - base)
  }

  /// Reads a structure and notes its bytes as taken.
  mutating func claim(_ start: Int, _ length: Int) throws(HDF5Error) -> Piece {
    try note(start, length, isData: false)
    return try file.read(base + start, length)
  }

  /// Notes bytes as taken without reading them.
  mutating func note(_ start: Int, _ length: Int, isData: Bool) throws(HDF5Error) {
    guard start >= 0, length >= 0, length <= file.count, base + start <= file.count - length else {
      throw HDF5Error(
        file: file.file,
        reason: "something lies beyond the end of the file, at byte \(start); the file is damaged")
    }
    // Pieces that share no byte are together no longer than the file. More means that some are
    // reached again and again, perhaps without end.
    total += length
    guard total <= file.count else {
      throw HDF5Error(file: file.file, reason: "the structure leads in a circle; it is damaged")
    }
    if length > 0 { regions.append(Region(start: start, length: length, isData: isData)) }
  }

  private mutating func checkOverlaps() throws(HDF5Error) {
    regions.sort { $0.start < $1.start }
    for (region, next) in zip(regions, regions.dropFirst()) where region.end > next.start {
      throw HDF5Error(
        file: file.file,
        reason: "two structures share byte \(base + next.start); the file is damaged")
    }
  }

  /// Looks for an array that one wrong byte in its address has moved into unused space.
  ///
  /// Such an array shares bytes with nothing, and yet is not where it was written. It gives itself
  /// away by the place it left: unused but not empty, just as long, between neighbours that libhdf5
  /// packed it against, at an address that differs in that one byte. Files from which objects of
  /// the same size were deleted may look alike; they are refused with the way out.
  private func checkHoles(end: Int) throws(HDF5Error) {
    guard isComplete else { return }
    var holes: [Region] = []
    var suspects: [Region] = []
    var position = 0
    for region in regions {
      if region.start > position {
        holes.append(Region(start: position, length: region.start - position, isData: false))
        if region.isData { suspects.append(region) }
      }
      position = region.end
    }
    if end > position {
      holes.append(Region(start: position, length: end - position, isData: false))
    }
    for array in suspects {
      for hole in holes where hole.length >= array.length {
        for start in [hole.start, hole.end - array.length] where differInOneByte(start, array.start)
        {
          let place = Region(start: start, length: array.length, isData: false)
          guard try isEmpty(place) else { throw moved(array, from: place) }
        }
      }
    }
  }

  private func differInOneByte(_ first: Int, _ second: Int) -> Bool {
    let difference = first ^ second
    guard difference != 0 else { return false }
    let shift = difference.trailingZeroBitCount / 8 * 8
    return difference >> shift <= 0xFF
  }

  private func moved(_ array: Region, from place: Region) -> HDF5Error {
    HDF5Error(
      file: file.file,
      reason: "the array at byte \(base + array.start) seems to belong to byte "
        + "\(base + place.start); the file is damaged, or has been edited and needs h5repack")
  }

  private func isEmpty(_ hole: Region) throws(HDF5Error) -> Bool {
    var position = hole.start
    while position < hole.end {
      let length = min(hole.end - position, 1 << 20)
      guard try file.read(base + position, length).bytes.allSatisfy({ $0 == 0 }) else {
        return false
      }
      position += length
    }
    return true
  }
}
