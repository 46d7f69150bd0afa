/// A block that describes what follows it in a tar archive.
struct TarHeader {
  private let block: [UInt8]
  private let url: String
  /// The length of what follows.
  let size: Int

  /// Takes a block apart.
  ///
  /// - Throws: ``DownloadError/damagedArchive(url:reason:)`` if its sum or its numbers are wrong.
  init(_ block: [UInt8], url: String) throws(DownloadError) {
    (self.block, self.url) = (block, url)
    // The sum counts its own field as spaces. Old programs added signed bytes.
    let counted = block.indices.map { 148..<156 ~= $0 ? UInt8(ascii: " ") : block[$0] }
    let sums = [
      counted.reduce(0) { $0 + Int($1) }, counted.reduce(0) { $0 + Int(Int8(bitPattern: $1)) },
    ]
    guard let sum = Self.number(block[148..<156]), sums.contains(sum) else {
      throw .damagedArchive(url: url, reason: "a header in it has a wrong sum, or is none")
    }
    guard let size = Self.number(block[124..<136]) else {
      throw .damagedArchive(url: url, reason: "a size in it is no number")
    }
    self.size = size
  }

  /// The letter that says what it describes.
  var type: Character { Character(UnicodeScalar(block[156])) }

  /// The path as far as the block has room for it, or the path's end.
  var name: String { String(decoding: block[..<100].prefix { $0 != 0 }, as: UTF8.self) }

  var kind: TarReader.Entry.Kind {
    switch type {
    // The oldest archives tell folders by a slash at the end.
    case "0", "\0", "7": name.hasSuffix("/") ? .folder : .file
    case "1", "2": .link
    case "5": .folder
    default: .other
    }
  }

  /// The error that it is damaged.
  func damage(_ reason: String) -> DownloadError { .damagedArchive(url: url, reason: reason) }

  /// The number in a field, octal digits or, as GNU tar has great ones, bytes; nil if it is none.
  private static func number(_ field: ArraySlice<UInt8>) -> Int? {
    guard let first = field.first else { return nil }
    if first & 0x80 != 0 {
      guard first == 0x80, field.dropFirst().dropLast(7).allSatisfy({ $0 == 0 }) else { return nil }
      return field.suffix(7).reduce(0) { $0 << 8 | Int($1) }
    }
    let digits = field.drop { $0 == UInt8(ascii: " ") }.prefix {
      $0 != UInt8(ascii: " ") && $0 != 0
    }
    let isOctal = digits.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "7") ~= $0 }
    return isOctal ? digits.reduce(0) { $0 << 3 | Int($1 & 7) } : nil
  }
}

/// What headers before a member's own say of it.
struct TarAttributes {
  var path: String?
  private(set) var size: Int?
  /// Whether its content is a list of pieces with holes between them.
  private(set) var hasHoles = false

  /// Reads pax's records, each `length key=value` and a line feed.
  ///
  /// What is no such record, and all behind it, is left out: the name is compared and the size bounded
  /// in any case.
  mutating func read(_ text: [UInt8]) {
    var rest = text[...]
    while let space = rest.firstIndex(of: UInt8(ascii: " ")),
      let length = Int(String(decoding: rest[..<space], as: UTF8.self)),
      length >= space - rest.startIndex + 2, length <= rest.count
    {
      let record = rest.prefix(length)[(space + 1)...].dropLast()
      rest = rest.dropFirst(length)
      let (key, value) = String(decoding: record, as: UTF8.self).divided(by: "=")
      switch key {
      case "path": path = value
      case "size": size = value.flatMap { Int($0) } ?? -1
      default: if key.hasPrefix("GNU.sparse") { hasHoles = true }
      }
    }
  }
}

extension String {
  /// What stands behind the last slash, but for slashes at the end.
  var lastComponent: String {
    split(separator: "/").last.map(String.init) ?? ""
  }
}
