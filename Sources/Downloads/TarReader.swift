/// The members of a tar archive, one after another.
///
/// Read are the forms that there are of it, V7, ustar, GNU's and pax's, after POSIX.1-2001's `pax` and
/// GNU tar's manual. Nothing is made of what it says: whoever asks gets names, sizes and bytes.
struct TarReader {
  /// What a header says.
  struct Entry: Hashable {
    enum Kind: Hashable {
      case file
      case folder
      case link
      /// A device, a file with holes, or what nobody knows.
      case other
    }

    /// The last component of its path.
    let name: String
    /// The bytes of its content.
    let size: Int
    let kind: Kind
  }

  private static let blockSize = 512
  /// The longest name, or list of attributes, that is read.
  private static let longestText = 1 << 16

  private let gzip: GzipReader
  private let url: String
  /// What has not been read of the present member, and of the zeros behind it.
  private var (content, padding) = (0, 0)

  init(_ gzip: GzipReader, url: String) { (self.gzip, self.url) = (gzip, url) }

  /// Goes on to the next member, whatever has been read of the present one.
  ///
  /// - Returns: The member; nil if there is none, and the whole file has been read.
  /// - Throws: ``DownloadError`` if the archive is damaged.
  mutating func next() throws(DownloadError) -> Entry? {
    var attributes = TarAttributes()
    while true {
      try skip()
      let block = try bytes(Self.blockSize)
      if block.isEmpty || block.allSatisfy({ $0 == 0 }) {
        try skipRest()
        return nil
      }
      let header = try TarHeader(block, url: url)
      switch header.type {
      case "L":
        let text = try text(header)
        attributes.path = String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
      case "x": attributes.read(try text(header))
      case "K", "g": begin(header.size)
      default:
        let kind = attributes.hasHoles ? .other : header.kind
        let size = kind == .link || kind == .folder ? 0 : attributes.size ?? header.size
        guard 0...(Int.max / 2) ~= size else { throw header.damage("its size cannot be") }
        begin(size)
        let name = (attributes.path ?? header.name).lastComponent
        return Entry(name: name, size: size, kind: kind)
      }
    }
  }

  /// Reads the next bytes of the present member.
  ///
  /// - Returns: Their number, 0 at its end.
  /// - Throws: ``DownloadError`` if the archive is damaged.
  mutating func read(into piece: UnsafeMutableRawBufferPointer) throws(DownloadError) -> Int {
    let wanted = min(content, piece.count)
    let count = try gzip.read(into: UnsafeMutableRawBufferPointer(rebasing: piece[..<wanted]))
    guard count == wanted else {
      throw .damagedArchive(url: url, reason: "a file in it is cut off")
    }
    content -= count
    return count
  }

  private mutating func begin(_ size: Int) {
    content = size
    padding = (Self.blockSize - size % Self.blockSize) % Self.blockSize
  }

  /// Reads over what is left of the present member.
  private mutating func skip() throws(DownloadError) {
    content += padding
    padding = 0
    try withPiece { piece throws(DownloadError) in
      while try read(into: piece) > 0 {}
    }
  }

  /// Reads to the end of the file, where its checksum is.
  private func skipRest() throws(DownloadError) {
    try withPiece { piece throws(DownloadError) in
      while try gzip.read(into: piece) > 0 {}
    }
  }

  /// The content of a header of headers.
  private mutating func text(_ header: TarHeader) throws(DownloadError) -> [UInt8] {
    guard header.size <= Self.longestText else { throw header.damage("a name in it is too long") }
    begin(header.size)
    let text = try bytes(header.size)
    guard text.count == header.size else { throw header.damage("a name in it is cut off") }
    content = 0
    return text
  }

  /// Reads so many bytes, or none at the end of the file.
  private func bytes(_ count: Int) throws(DownloadError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let result = bytes.withUnsafeMutableBytes { bytes in
      Result { () throws(DownloadError) in try gzip.read(into: bytes) }
    }
    let found = try result.get()
    guard found == count || found == 0 else {
      throw .damagedArchive(url: url, reason: "a header in it is cut off")
    }
    return found == 0 ? [] : bytes
  }

  private func withPiece(
    _ body: (UnsafeMutableRawBufferPointer) throws(DownloadError) -> Void
  ) throws(DownloadError) {
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 64)
    defer { piece.deallocate() }
    try body(piece)
  }
}
