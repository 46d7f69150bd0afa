internal import Importing
internal import Safetensors

/// The members of a ZIP archive and where their bytes stand.
///
/// After [PKWARE's note](https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT), with sizes of
/// 64 bits. PyTorch stores members as they are; compressed ones are listed, but cannot be read.
/// Checksums are not compared: PyTorch can be told not to compute them.
struct ZipDirectory {
  struct Member {
    let name: String
    /// Where the archive has the member's own header.
    let header: Int
    let count: Int
    /// Whether the bytes stand there as they are.
    let isStored: Bool
  }

  let members: [Member]
  private let file: OpenFile
  private let byName: [String: Int]
  /// Where the directory begins; members lie before it.
  private let start: Int

  /// The largest directory that is read, in bytes: some hundred thousand members.
  private static let maximumByteCount = 1 << 26

  init(of file: OpenFile) throws {
    self.file = file
    let end = try End(of: file)
    guard end.size <= Self.maximumByteCount, end.size <= file.count,
      end.start <= file.count - end.size
    else { throw Self.damaged(file, "its list of members reaches over the end") }
    start = end.start
    var stream = ByteStream(file, end.start..<(end.start + end.size))
    var members: [Member] = []
    var byName: [String: Int] = [:]
    // Each member takes 46 bytes at least, so the stream ends before a forged number of them.
    while stream.remaining > 0, members.count < end.memberCount {
      guard let member = try Self.member(&stream) else {
        throw Self.damaged(file, "its list of members breaks off after \(members.count)")
      }
      guard byName.updateValue(members.count, forKey: member.name) == nil else {
        throw Self.damaged(file, "has the member \(member.name) twice")
      }
      members.append(member)
    }
    guard members.count == end.memberCount else {
      throw Self.damaged(file, "lists \(members.count) members, expected \(end.memberCount)")
    }
    (self.members, self.byName) = (members, byName)
  }

  subscript(name: String) -> Member? { byName[name].map { members[$0] } }

  /// Where a member's bytes stand in the file.
  ///
  /// - Throws: `ImportError` if they are compressed or do not lie before the directory.
  func range(of member: Member) throws -> Range<Int> {
    guard member.isStored else {
      throw ImportError.unreadableForm(
        file: file.path, form: "a ZIP archive with the compressed member \(member.name)",
        advice: "torch.save compresses nothing; load the file in PyTorch and save it again")
    }
    guard member.header <= file.count - 30,
      case let header = try file.bytes(at: member.header, count: 30),
      header.starts(with: [0x50, 0x4B, 0x03, 0x04])
    else { throw Self.damaged(file, "the member \(member.name) is not where the list has it") }
    let nameCount = Int(header[26]) | Int(header[27]) << 8
    let extraCount = Int(header[28]) | Int(header[29]) << 8
    let begin = member.header + 30 + nameCount + extraCount
    guard begin <= start, member.count <= start - begin else {
      throw Self.damaged(file, "the member \(member.name) reaches over its end")
    }
    return begin..<(begin + member.count)
  }

  /// Whether a file begins as archives do.
  static func recognises(_ file: OpenFile) -> Bool {
    guard file.count >= 22, let bytes = try? file.bytes(at: 0, count: 4) else { return false }
    return bytes == [0x50, 0x4B, 0x03, 0x04]
  }

  private static func damaged(_ file: OpenFile, _ reason: String) -> ImportError {
    .damaged(file: file.path, object: "archive", reason: reason)
  }

  /// The next member of the directory; nil if it is no such entry.
  private static func member(_ stream: inout ByteStream) throws(FileError) -> Member? {
    guard let entry = try stream.next(46), entry.starts(with: [0x50, 0x4B, 0x01, 0x02]) else {
      return nil
    }
    func number(_ offset: Int, _ size: Int) -> Int {
      entry[offset..<(offset + size)].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    guard let nameBytes = try stream.next(number(28, 2)),
      let name = String(validating: nameBytes, as: UTF8.self),
      let extra = try stream.next(number(30, 2)), try stream.next(number(32, 2)) != nil
    else { return nil }
    let isEncrypted = number(8, 2) & 1 != 0
    var (compressed, count, header) = (number(20, 4), number(24, 4), number(42, 4))
    // Numbers that need 64 bits stand in a field of their own, those only, in this order.
    var wide = zip64Numbers(in: extra)[...]
    func widen(_ value: inout Int) -> Bool {
      if value < 0xFFFF_FFFF { return true }
      guard let number = wide.popFirst() else { return false }
      value = number
      return true
    }
    guard widen(&count), widen(&compressed), widen(&header) else { return nil }
    return Member(
      name: name, header: header, count: count,
      isStored: number(10, 2) == 0 && compressed == count && !isEncrypted)
  }

  /// The numbers of the extra field 1; none that is beyond any file.
  private static func zip64Numbers(in extra: [UInt8]) -> [Int] {
    var rest = extra[...]
    while rest.count >= 4 {
      let head = Array(rest.prefix(4))
      let (kind, size) = (Int(head[0]) | Int(head[1]) << 8, Int(head[2]) | Int(head[3]) << 8)
      let content = rest.dropFirst(4).prefix(size)
      if kind == 1 {
        var numbers: [Int] = []
        var bytes = content
        while bytes.count >= 8 {
          let value = bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
          guard let number = Int(exactly: value) else { return numbers }
          numbers.append(number)
          bytes = bytes.dropFirst(8)
        }
        return numbers
      }
      rest = rest.dropFirst(4 + size)
    }
    return []
  }

  /// What stands at the end of an archive: where its directory is.
  private struct End {
    let memberCount: Int
    let start: Int
    let size: Int

    init(of file: OpenFile) throws {
      // A comment of at most 65535 bytes may follow the record of 22.
      let length = min(file.count, 22 + 0xFFFF)
      let tail = try file.bytes(at: file.count - length, count: length)
      let places = stride(from: length - 22, through: 0, by: -1)
      guard
        let place = places.first(where: { place in
          tail[place] == 0x50 && tail[place + 1] == 0x4B && tail[place + 2] == 5
            && tail[place + 3] == 6
            && Int(tail[place + 20]) | Int(tail[place + 21]) << 8 == length - 22 - place
        })
      else { throw damaged(file, "does not end with a list of members") }
      func number(_ offset: Int, _ size: Int) -> Int {
        tail[(place + offset)..<(place + offset + size)].reversed().reduce(0) { $0 << 8 | Int($1) }
      }
      let numbers = (count: number(10, 2), size: number(12, 4), start: number(16, 4))
      let record = file.count - length + place
      if let wide = try Self.zip64(in: file, before: record) {
        (memberCount, size, start) = wide
      } else {
        (memberCount, size, start) = numbers
      }
    }

    /// The same numbers with 64 bits, if the archive has them.
    private static func zip64(
      in file: OpenFile, before record: Int
    ) throws -> (count: Int, size: Int, start: Int)? {
      guard record >= 20 else { return nil }
      var locator = ByteStream(file, (record - 20)..<record)
      guard try locator.next(4) == [0x50, 0x4B, 0x06, 0x07] else { return nil }
      guard try locator.next(4) != nil, let place = try locator.number(8), place <= record - 56,
        case var stream = ByteStream(file, place..<record),
        try stream.next(4) == [0x50, 0x4B, 0x06, 0x06], try stream.next(28) != nil,
        let count = try stream.number(8), let size = try stream.number(8),
        let start = try stream.number(8)
      else { throw damaged(file, "its record of 64-bit sizes is not where it is said to be") }
      return (count, size, start)
    }
  }
}
