internal import Glibc
internal import Importing

/// The members of a zip archive.
///
/// After PKWARE's [application note](https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT): the
/// directory stands at the archive's end, and gives each member's place.
struct ZipDirectory {
  /// A member.
  struct Member {
    let name: String
    /// How it is packed; 0 is not at all.
    let method: Int
    let isEncrypted: Bool
    let byteCount: Int
    /// Where its own header is.
    let header: Int
  }

  let path: String
  let members: [Member]

  init(_ path: String) throws {
    self.path = path
    let size = try fileSize(path)
    let tailStart = max(0, size - 22 - 65535)
    let tail = ZipBytes(path: path, try wholeFile(path, part: tailStart..<size))
    // The end record comes before a comment of any length.
    guard
      let end = tail.bytes.indices.dropLast(21).last(where: {
        tail.has("PK\u{5}\u{6}", at: $0)
      })
    else { throw ZipBytes.damaged(path, "has no directory") }
    var count = try tail.number(at: end + 10, size: 2)
    var length = try tail.number(at: end + 12, size: 4)
    var start = try tail.number(at: end + 16, size: 4)
    if end >= 20, tail.has("PK\u{6}\u{7}", at: end - 20) {
      // Large archives have their numbers in a record of their own.
      let place = try tail.number(at: end - 12, size: 8)
      guard place >= 0, place <= size - 56 else { throw ZipBytes.damaged(path, "is cut") }
      let record = ZipBytes(path: path, try wholeFile(path, part: place..<(place + 56)))
      guard record.has("PK\u{6}\u{6}", at: 0) else {
        throw ZipBytes.damaged(path, "has no directory")
      }
      count = try record.number(at: 32, size: 8)
      length = try record.number(at: 40, size: 8)
      start = try record.number(at: 48, size: 8)
    }
    guard start <= size, length <= size - start, length < 1 << 28, count <= length / 46 else {
      throw ZipBytes.damaged(path, "has a directory that is not in the file")
    }
    let directory = ZipBytes(path: path, try wholeFile(path, part: start..<(start + length)))
    var members: [Member] = []
    var names: Set<String> = []
    var position = 0
    for _ in 0..<count {
      let (member, next) = try Self.member(in: directory, at: position)
      guard names.insert(member.name).inserted else {
        throw ZipBytes.damaged(path, "has \(member.name) twice")
      }
      members.append(member)
      position = next
    }
    self.members = members
  }

  private static func member(
    in directory: ZipBytes, at start: Int
  ) throws -> (member: Member, next: Int) {
    guard directory.has("PK\u{1}\u{2}", at: start) else {
      throw ZipBytes.damaged(directory.path, "has a directory that breaks off")
    }
    func number(_ offset: Int, _ size: Int) throws -> Int {
      try directory.number(at: start + offset, size: size)
    }
    let nameEnd = try start + 46 + number(28, 2)
    let extraEnd = try nameEnd + number(30, 2)
    var packed = try number(20, 4)
    var size = try number(24, 4)
    var header = try number(42, 4)
    // Numbers that do not fit stand in a field of kind 1, in this order.
    var position = nameEnd
    while position + 4 <= extraEnd {
      let kind = try directory.number(at: position, size: 2)
      let length = try directory.number(at: position + 2, size: 2)
      var field = position + 4
      if kind == 1 {
        func large(_ value: Int) throws -> Int {
          guard value == 0xFFFF_FFFF else { return value }
          defer { field += 8 }
          return try directory.number(at: field, size: 8)
        }
        size = try large(size)
        packed = try large(packed)
        header = try large(header)
      }
      position += 4 + length
    }
    let method = try number(10, 2)
    guard method != 0 || packed == size else {
      throw ZipBytes.damaged(directory.path, "has a member of two sizes")
    }
    let member = Member(
      name: try directory.text(start + 46, nameEnd), method: method,
      isEncrypted: try number(8, 2) & 1 == 1, byteCount: size, header: header)
    return (member, try extraEnd + number(32, 2))
  }

  subscript(name: String) -> Member? { members.first { $0.name == name } }

  /// The archive's members in words.
  var content: String {
    if members.contains(where: { $0.name.hasSuffix("/data.pkl") || $0.name == "data.pkl" }) {
      return "a PyTorch checkpoint"
    }
    let names = members.prefix(4).map(\.name).joined(separator: ", ")
    return members.isEmpty ? "an empty zip archive" : "a zip archive of \(names)"
  }

  /// Where a member's bytes are in the archive.
  ///
  /// - Throws: ``ImportError`` if they are packed, or not in the file.
  func bytes(of member: Member) throws -> Range<Int> {
    guard member.method == 0, !member.isEncrypted else {
      throw ImportError.unreadableForm(
        file: path,
        form: "an archive in which \(member.name) is "
          + (member.isEncrypted ? "encrypted" : "compressed"),
        advice: "Keras stores its members as they are: unpack it and pack it again with zip -0")
    }
    let size = try fileSize(path)
    guard member.header <= size - 30 else { throw ZipBytes.damaged(path, "is cut") }
    let header = ZipBytes(
      path: path, try wholeFile(path, part: member.header..<(member.header + 30)))
    guard header.has("PK\u{3}\u{4}", at: 0) else {
      throw ZipBytes.damaged(path, "has no \(member.name) where its directory says")
    }
    let start =
      try member.header + 30 + header.number(at: 26, size: 2)
      + header.number(at: 28, size: 2)
    guard start <= size, member.byteCount <= size - start else {
      throw ZipBytes.damaged(path, "ends within \(member.name)")
    }
    return start..<(start + member.byteCount)
  }
}

/// Bytes of an archive, read as little-endian numbers.
struct ZipBytes {
  let path: String
  let bytes: [UInt8]

  init(path: String, _ bytes: [UInt8]) { (self.path, self.bytes) = (path, bytes) }

  func has(_ text: String, at position: Int) -> Bool {
    let text = Array(text.utf8)
    return position >= 0 && position <= bytes.count - text.count
      && bytes[position..<(position + text.count)].elementsEqual(text)
  }

  func number(at position: Int, size: Int) throws -> Int {
    guard position >= 0, position <= bytes.count - size else {
      throw Self.damaged(path, "has a directory that breaks off")
    }
    let value = (0..<size).reduce(UInt64(0)) { value, index in
      value | UInt64(bytes[position + index]) << UInt64(8 * index)
    }
    guard let number = Int(exactly: value) else {
      throw Self.damaged(path, "has an impossible number")
    }
    return number
  }

  func text(_ start: Int, _ end: Int) throws -> String {
    guard start <= end, end <= bytes.count,
      let text = String(validating: bytes[start..<end], as: UTF8.self)
    else { throw Self.damaged(path, "has a member whose name is no text") }
    return text
  }

  static func damaged(_ path: String, _ reason: String) -> ImportError {
    .damaged(file: path, object: "zip", reason: reason)
  }
}
