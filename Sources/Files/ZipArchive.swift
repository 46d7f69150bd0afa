/// The members of a zip archive and where their bytes stand.
///
/// After PKWARE's [application note](https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT),
/// with sizes of 64 bits: the directory stands at the archive's end, and gives each member's place.
/// Packed members are listed, but not unpacked. Checksums are not compared: not every writer
/// computes them.
package struct ZipArchive: Sendable {
  package struct Member: Sendable {
    package let name: String
    package let packing: Packing
    /// The bytes that it takes in the archive.
    package let count: Int
    /// Where the archive has the member's own header.
    let header: Int
  }

  /// How a member's bytes lie in the archive.
  package enum Packing: String, Sendable {
    /// As they are.
    case stored
    case compressed
    case encrypted
  }

  package let file: OpenFile
  /// The members in the order of the directory.
  package let members: [Member]
  private let byName: [String: Int]
  /// Where the directory begins; members lie before it.
  private let directoryStart: Int

  /// The largest directory that is read, in bytes: some hundred thousand members.
  private static let maximumByteCount = 1 << 26

  /// Reads an archive's directory.
  ///
  /// - Throws: ``FileError`` if it is not there, contradicts itself or the file, or has a name
  ///   twice.
  package init(_ file: OpenFile) throws(FileError) {
    let end = try ZipEnd(of: file)
    guard end.byteCount <= Self.maximumByteCount, end.byteCount <= end.position,
      end.start <= end.position - end.byteCount
    else { throw file.damagedZip("has a directory that reaches over its end") }
    // Each member takes 46 bytes at least.
    guard end.memberCount <= end.byteCount / 46 else {
      throw file.damagedZip("has a directory too short for \(end.memberCount) members")
    }
    let directory = try file.bytes(at: end.start, count: end.byteCount)
    var members: [Member] = []
    var byName: [String: Int] = [:]
    var rest = directory[...]
    for number in 0..<end.memberCount {
      guard let member = try Self.member(&rest, of: file) else {
        throw file.damagedZip("has a directory that breaks off after \(number) members")
      }
      guard byName.updateValue(number, forKey: member.name) == nil else {
        throw file.damagedZip("has the member \(member.name.shortened) twice")
      }
      members.append(member)
    }
    (self.file, directoryStart) = (file, end.start)
    (self.members, self.byName) = (members, byName)
  }

  /// Whether a file begins as archives do.
  ///
  /// - Returns: False also for a file that cannot be read.
  package static func recognises(_ file: OpenFile) -> Bool {
    guard let mark = try? file.prefix(4) else { return false }
    return mark == Array("PK\u{3}\u{4}".utf8) || mark == Array("PK\u{5}\u{6}".utf8)
  }

  package subscript(name: String) -> Member? { byName[name].map { members[$0] } }

  /// Where a member's bytes stand in the file.
  ///
  /// - Parameter member: One that is stored as it is.
  /// - Returns: Their range.
  /// - Throws: ``FileError`` if they do not lie before the directory.
  package func range(of member: Member) throws(FileError) -> Range<Int> {
    precondition(member.packing == .stored, "\(member.name) is \(member.packing)")
    guard member.header <= file.count - 30,
      case let header = try file.bytes(at: member.header, count: 30),
      header.starts(with: "PK\u{3}\u{4}".utf8)
    else { throw file.damagedZip("has no \(member.name.shortened) where its directory says") }
    let begin =
      member.header + 30 + header.number(at: 26, size: 2) + header.number(at: 28, size: 2)
    guard begin <= directoryStart, member.count <= directoryStart - begin else {
      throw file.damagedZip("ends within \(member.name.shortened)")
    }
    return begin..<(begin + member.count)
  }

  /// Reads a small member.
  ///
  /// - Parameter member: One that is stored as it is.
  /// - Returns: Its bytes.
  /// - Throws: ``FileError`` as ``range(of:)``, and if it is larger than 1 GiB.
  package func contents(of member: Member) throws(FileError) -> [UInt8] {
    let range = try range(of: member)
    guard range.count <= 1 << 30 else {
      throw .tooLong(file.path, member.name.shortened, range.count, limit: 1 << 30)
    }
    return try file.bytes(at: range.lowerBound, count: range.count)
  }

  /// Takes the next member off the directory; nil if there is no such entry.
  private static func member(
    _ rest: inout ArraySlice<UInt8>, of file: OpenFile
  ) throws(FileError) -> Member? {
    guard let entry = rest.take(46), entry.starts(with: "PK\u{1}\u{2}".utf8),
      let nameBytes = rest.take(entry.number(at: 28, size: 2)),
      let extra = rest.take(entry.number(at: 30, size: 2)),
      rest.take(entry.number(at: 32, size: 2)) != nil
    else { return nil }
    guard let name = String(validating: nameBytes, as: UTF8.self) else {
      throw file.damagedZip("has a member whose name is no text")
    }
    var packed = entry.number(at: 20, size: 4)
    var size = entry.number(at: 24, size: 4)
    var header = entry.number(at: 42, size: 4)
    // Numbers that need 64 bits stand in a field of their own, those only, in this order.
    var wide = zip64Numbers(in: extra)[...]
    func widen(_ value: inout Int) -> Bool {
      if value < 0xFFFF_FFFF { return true }
      guard let number = wide.popFirst() else { return false }
      value = number
      return true
    }
    guard widen(&size), widen(&packed), widen(&header) else {
      throw file.damagedZip("has an impossible size of \(name.shortened)")
    }
    let isEncrypted = entry.number(at: 8, size: 2) & 1 == 1
    let isCompressed = entry.number(at: 10, size: 2) != 0
    guard isEncrypted || isCompressed || packed == size else {
      throw file.damagedZip("has two sizes of \(name.shortened)")
    }
    return Member(
      name: name, packing: isEncrypted ? .encrypted : isCompressed ? .compressed : .stored,
      count: packed, header: header)
  }

  /// The numbers of the extra field 1, up to the first that is beyond any file.
  private static func zip64Numbers(in extra: ArraySlice<UInt8>) -> [Int] {
    var rest = extra
    while let head = rest.take(4), let content = rest.takeAtMost(head.number(at: 2, size: 2)) {
      guard head.number(at: 0, size: 2) == 1 else { continue }
      var content = content
      var numbers: [Int] = []
      while let bytes = content.take(8), let number = bytes.wideNumber(at: 0) {
        numbers.append(number)
      }
      return numbers
    }
    return []
  }
}

/// What stands at an archive's end: where its directory is.
private struct ZipEnd {
  /// Where the first record of the end stands; the directory lies before it.
  let position: Int
  let memberCount: Int
  let start: Int
  let byteCount: Int

  init(of file: OpenFile) throws(FileError) {
    // A comment of at most 65535 bytes may follow the record of 22.
    let length = min(file.count, 22 + 0xFFFF)
    let tail = try file.bytes(at: file.count - length, count: length)
    let places = stride(from: length - 22, through: 0, by: -1)
    guard
      let place = places.first(where: { place in
        tail[place] == 0x50 && tail[place...].starts(with: "PK\u{5}\u{6}".utf8)
          && tail[place...].number(at: 20, size: 2) == length - 22 - place
      })
    else { throw file.damagedZip("does not end with a directory") }
    let end = tail[place...]
    let position = file.count - length + place
    if let wide = try Self.zip64(in: file, before: position) {
      (self.position, memberCount, byteCount, start) = wide
    } else {
      self.position = position
      memberCount = end.number(at: 10, size: 2)
      byteCount = end.number(at: 12, size: 4)
      start = end.number(at: 16, size: 4)
    }
  }

  /// The same numbers with 64 bits, if the archive has them.
  private static func zip64(
    in file: OpenFile, before end: Int
  ) throws(FileError) -> (position: Int, memberCount: Int, byteCount: Int, start: Int)? {
    guard end >= 20, case let locator = try file.bytes(at: end - 20, count: 20),
      locator.starts(with: "PK\u{6}\u{7}".utf8)
    else { return nil }
    guard let place = locator[...].wideNumber(at: 8), place <= end - 56,
      case let record = try file.bytes(at: place, count: 56)[...],
      record.starts(with: "PK\u{6}\u{6}".utf8), let memberCount = record.wideNumber(at: 32),
      let byteCount = record.wideNumber(at: 40), let start = record.wideNumber(at: 48)
    else {
      throw file.damagedZip("has no record of its 64-bit sizes where it is said to be")
    }
    return (place, memberCount, byteCount, start)
  }
}

extension OpenFile {
  fileprivate func damagedZip(_ fault: String) -> FileError {
    .damaged(path, "the zip archive \(fault)")
  }
}

extension Array<UInt8> {
  fileprivate func number(at offset: Int, size: Int) -> Int {
    self[...].number(at: offset, size: size)
  }
}

extension ArraySlice<UInt8> {
  /// The number of `size` bytes at most 4, the least significant first.
  fileprivate func number(at offset: Int, size: Int) -> Int {
    let first = startIndex + offset
    return self[first..<(first + size)].reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// The number of 8 bytes; nil if it is beyond any file.
  fileprivate func wideNumber(at offset: Int) -> Int? {
    let first = startIndex + offset
    return Int(
      exactly: self[first..<(first + 8)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }

  /// Takes bytes off the front; nil if there are not as many.
  fileprivate mutating func take(_ wanted: Int) -> ArraySlice? {
    wanted <= count ? takeAtMost(wanted) : nil
  }

  fileprivate mutating func takeAtMost(_ wanted: Int) -> ArraySlice? {
    defer { self = dropFirst(wanted) }
    return prefix(wanted)
  }
}
