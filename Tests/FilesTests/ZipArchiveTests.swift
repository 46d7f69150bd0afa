import Files
import Mutations
import Testing

@Suite struct ZipArchiveTests {
  /// A member as a test writes it.
  struct Entry {
    var name = "a"
    var content: [UInt8] = Array("hello".utf8)
    var method = 0
    var flags = 0
    /// The size before it was packed; nil for the same.
    var size: Int?
    var extra: [UInt8] = []
    /// What stands in the directory for the sizes and the place; nil for what is true.
    var sizeFields: (packed: Int, size: Int, header: Int)?
  }

  static func number(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// An archive, and optionally its numbers once more in 64 bits.
  static func archive(
    _ entries: [Entry], comment: String = "", isWide: Bool = false, memberCount: Int? = nil
  ) -> [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for entry in entries {
      let name = Array(entry.name.utf8)
      let fields =
        entry.sizeFields
        ?? (entry.content.count, entry.size ?? entry.content.count, file.count)
      let common =
        number(20, 2) + number(entry.flags, 2) + number(entry.method, 2) + number(0, 8)
        + number(fields.packed, 4) + number(fields.size, 4) + number(name.count, 2)
      directory +=
        Array("PK\u{1}\u{2}".utf8) + number(20, 2) + common + number(entry.extra.count, 2)
        + number(0, 10) + number(fields.header, 4) + name + entry.extra
      file += Array("PK\u{3}\u{4}".utf8) + common + number(0, 2) + name + entry.content
    }
    let (start, count) = (file.count, memberCount ?? entries.count)
    file += directory
    if isWide {
      let record = file.count
      file +=
        Array("PK\u{6}\u{6}".utf8) + number(44, 8) + number(0, 12) + number(count, 8)
        + number(count, 8) + number(directory.count, 8) + number(start, 8)
      file += Array("PK\u{6}\u{7}".utf8) + number(0, 4) + number(record, 8) + number(1, 4)
    }
    file +=
      Array("PK\u{5}\u{6}".utf8) + number(0, 4) + number(isWide ? 0xFFFF : count, 2)
      + number(isWide ? 0xFFFF : count, 2) + number(isWide ? 0xFFFF_FFFF : directory.count, 4)
      + number(isWide ? 0xFFFF_FFFF : start, 4) + number(comment.utf8.count, 2) + comment.utf8
    return file
  }

  /// Opens an archive of bytes and reads all of its members that are stored.
  private func read(_ file: [UInt8]) throws -> [String: [UInt8]] {
    try withTemporaryFolder { folder in
      try write(file, to: "\(folder)/zip")
      let archive = try ZipArchive(OpenFile(reading: "\(folder)/zip"))
      return try archive.members.filter { $0.packing == .stored }.reduce(into: [:]) {
        $0[$1.name] = try archive.contents(of: $1)
      }
    }
  }

  private func refusal(_ file: [UInt8]) -> String { failure { try read(file) } ?? "read" }

  @Test("Members are found by name with their bytes, also behind a comment and in 64 bits")
  func members() throws {
    let entries = [Entry(), Entry(name: "b/c", content: []), Entry(name: "ü", content: [1, 2])]
    for file in [
      Self.archive(entries), Self.archive(entries, comment: "PK\u{5}\u{6} says nothing here"),
      Self.archive(entries, isWide: true),
    ] {
      #expect(try read(file) == ["a": Array("hello".utf8), "b/c": [], "ü": [1, 2]])
    }
    #expect(try read(Self.archive([])) == [:])
  }

  @Test("Sizes and places in 64 bits are taken from their field, those only that need it")
  func wideMember() throws {
    let all = (0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF)
    let field = Self.number(7, 2) + Self.number(2, 2) + [0, 0]
    let sizes = Self.number(5, 8) + Self.number(5, 8) + Self.number(0, 8)
    let wide = Self.number(1, 2) + Self.number(24, 2) + sizes
    #expect(
      try read(Self.archive([Entry(extra: field + wide, sizeFields: all)]))
        == ["a": Array("hello".utf8)])
    let place = Self.number(1, 2) + Self.number(8, 2) + Self.number(0, 8)
    #expect(
      try read(Self.archive([Entry(extra: place, sizeFields: (5, 5, 0xFFFF_FFFF))])).count == 1)
    for extra in [
      [], place, Self.number(1, 2) + Self.number(24, 2),
      Self.number(1, 2) + Self.number(24, 2) + [UInt8](repeating: 0xFF, count: 24),
    ] {
      let message = refusal(Self.archive([Entry(extra: extra, sizeFields: all)]))
      #expect(message.contains("has an impossible size of a; the file is damaged"), "\(message)")
    }
  }

  @Test("Packed members are listed as what they are")
  func packed() throws {
    try withTemporaryFolder { folder in
      let file = Self.archive([
        Entry(), Entry(name: "b", method: 8, size: 50), Entry(name: "c", flags: 1, size: 3),
        Entry(name: "d", method: 8, flags: 1),
      ])
      try write(file, to: "\(folder)/zip")
      let archive = try ZipArchive(OpenFile(reading: "\(folder)/zip"))
      #expect(archive.members.map(\.packing) == [.stored, .compressed, .encrypted, .encrypted])
      #expect(archive["b"]?.count == 5 && archive["e"] == nil)
    }
  }

  @Test("An archive that contradicts itself is refused with the reason")
  func contradictions() {
    let whole = Self.archive([Entry(), Entry(name: "b")])
    for (file, reason) in [
      (Self.archive([Entry(), Entry()]), "has the member a twice"),
      (Self.archive([Entry(size: 6)]), "has two sizes of a"),
      (Self.archive([Entry()], memberCount: 2), "has a directory too short for 2 members"),
      (
        Self.archive([Entry(extra: [UInt8](repeating: 0, count: 50))], memberCount: 2),
        "breaks off after 1 members"
      ),
      (Self.archive([Entry(sizeFields: (5, 5, 1))]), "has no a where its directory says"),
      (Self.archive([Entry(sizeFields: (5, 5, 1 << 31))]), "has no a where its directory says"),
      (Self.archive([Entry(sizeFields: (500, 500, 0))]), "ends within a"),
      (Array(whole.dropLast()), "does not end with a directory"),
      (Array(whole.dropFirst(3)), "reaches over its end"),
      (whole + [0], "does not end with a directory"),
      ([], "does not end with a directory"),
      (Array("PK\u{3}\u{4}".utf8), "does not end with a directory"),
    ] {
      let message = refusal(file)
      #expect(
        message.contains("the zip archive \(reason)") || message.contains(reason), "\(message)")
      #expect(message.hasSuffix("; the file is damaged, copy or download it again"), "\(message)")
    }
    var broken = whole
    let places = broken.indices.filter { broken[$0...].starts(with: "PK\u{1}\u{2}".utf8) }
    broken[places[1]] = 9
    #expect(refusal(broken).contains("breaks off after 1 members"), "\(refusal(broken))")
    var noText = whole
    for index in noText.indices where noText[index] == UInt8(ascii: "b") { noText[index] = 0xFF }
    #expect(refusal(noText).contains("whose name is no text"))
  }

  @Test("Numbers in 64 bits beyond the file are refused before memory is taken")
  func forged() throws {
    let whole = Self.archive([Entry()], isWide: true)
    // Where the record's three numbers are, and the place of the record.
    let record = whole.count - 22 - 20 - 56
    for place in [record + 32, record + 40, record + 48, whole.count - 22 - 12] {
      for byte: UInt8 in [0xFF, 0x7F, 0x10] {
        var file = whole
        for index in 0..<7 { file[place + index] = 0xFF }
        file[place + 7] = byte
        #expect(refusal(file).hasSuffix("; the file is damaged, copy or download it again"))
      }
    }
  }

  @Test("Damage is an error in one line or gives members within the file")
  func mutations() throws {
    let specimen = Specimen(
      Self.archive([Entry(), Entry(name: "b/c", content: [1, 2, 3])], isWide: true))
    let (noticed, complaints) = try specimen.readMutants(rounds: 500, seed: 5) { path, count in
      let archive = try ZipArchive(OpenFile(reading: path))
      for member in archive.members where member.packing == .stored {
        let content = try archive.contents(of: member)
        #expect(content.count <= count)
      }
      return true
    }
    #expect(noticed > 100)
    #expect(complaints.isEmpty, "\(complaints)")
  }

  @Test("What begins as an archive is recognised")
  func recognition() throws {
    try withTemporaryFolder { folder in
      for (content, isArchive) in [
        (Self.archive([Entry()]), true), (Self.archive([]), true), (Array("PK".utf8), false),
        ([], false), (Array("PKnothing".utf8), false),
      ] {
        try write(content, to: "\(folder)/file")
        #expect(ZipArchive.recognises(try OpenFile(reading: "\(folder)/file")) == isArchive)
      }
    }
  }
}
