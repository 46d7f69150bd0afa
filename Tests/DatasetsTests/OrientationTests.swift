import Testing

@testable import Datasets

@Suite struct OrientationTests {
  /// Pixels in which all channels of one are equal.
  private static func letters(_ rows: [String]) -> Image {
    Image(
      width: rows[0].count, height: rows.count,
      pixels: rows.joined().utf8.flatMap { [$0, $0, $0] })
  }

  @Test(
    "each orientation puts the first row and column where EXIF says",
    arguments: [
      (1, ["abc", "def"]),  // row 0 is the top, column 0 the left
      (2, ["cba", "fed"]),  // top, right
      (3, ["fed", "cba"]),  // bottom, right
      (4, ["def", "abc"]),  // bottom, left
      (5, ["ad", "be", "cf"]),  // row 0 is the left, column 0 the top
      (6, ["da", "eb", "fc"]),  // right, top
      (7, ["fc", "eb", "da"]),  // right, bottom
      (8, ["cf", "be", "ad"]),  // left, bottom
    ])
  func upright(number: Int, expected: [String]) throws {
    let orientation = try #require(Orientation(rawValue: number))
    #expect(Self.letters(["abc", "def"]).upright(from: orientation) == Self.letters(expected))
  }

  @Test("a single row or column can be turned", arguments: Orientation.allCases)
  func thin(orientation: Orientation) {
    let isTurned = orientation.rawValue > 4
    let row = Self.letters(["abc"]).upright(from: orientation)
    let column = Self.letters(["a", "b", "c"]).upright(from: orientation)
    #expect((row.width, row.height) == (isTurned ? (1, 3) : (3, 1)))
    #expect((column.width, column.height) == (isTurned ? (3, 1) : (1, 3)))
  }

  /// EXIF data with two entries, the second being the orientation.
  private static func exif(
    _ orientation: Int, isBigEndian: Bool, type: Int = 3, count: Int = 1, directory: Int = 8
  ) -> [UInt8] {
    func number(_ value: Int, _ byteCount: Int) -> [UInt8] {
      let bytes = (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
      return isBigEndian ? bytes.reversed() : bytes
    }
    let value = number(orientation, type == 1 ? 1 : type == 3 ? 2 : 4)
    return (isBigEndian ? [0x4D, 0x4D] : [0x49, 0x49]) + number(42, 2) + number(directory, 4)
      + number(2, 2)
      + number(0x0100, 2) + number(4, 2) + number(1, 4) + number(640, 4)
      + number(0x0112, 2) + number(type, 2) + number(count, 4)
      + value + [UInt8](repeating: 0, count: 4 - value.count)
      + number(0, 4)
  }

  private static let prefix = Array("Exif\0\0".utf8)

  /// The fixture with an APP1 segment after its APP0.
  private static func jpeg(app1 payload: [UInt8]) -> [UInt8] {
    let file = Fixture.named("420").file
    let first = 2 + 2 + Int(file[4]) << 8 + Int(file[5])
    let length = payload.count + 2
    return file[..<first] + [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 0xFF)] + payload
      + file[first...]
  }

  private static func png(eXIf payload: [UInt8], atEnd: Bool = false) -> [UInt8] {
    let file = Fixture.named("RGB 8").file
    let place = atEnd ? file.count - 12 : 8 + 25
    return file[..<place] + pngChunk("eXIf", payload) + file[place...]
  }

  @Test(
    "the orientation of a JPEG file is applied, in both byte orders",
    arguments: 1...8, [false, true])
  func jpeg(number: Int, isBigEndian: Bool) throws {
    let file = Self.jpeg(app1: Self.prefix + Self.exif(number, isBigEndian: isBigEndian))
    let orientation = try #require(Orientation(rawValue: number))
    #expect(
      try Image(decoding: file, name: "jpeg")
        == Fixture.named("420").expected.upright(from: orientation))
  }

  @Test(
    "the orientation of a PNG file is applied, in both byte orders",
    arguments: 1...8, [false, true])
  func png(number: Int, isBigEndian: Bool) throws {
    let payload = Self.exif(number, isBigEndian: isBigEndian)
    let orientation = try #require(Orientation(rawValue: number))
    let expected = Fixture.named("RGB 8").expected.upright(from: orientation)
    #expect(try Image(decoding: Self.png(eXIf: payload), name: "png") == expected)
    #expect(try Image(decoding: Self.png(eXIf: payload, atEnd: true), name: "png") == expected)
    #expect(
      try Image(decoding: Self.png(eXIf: Self.prefix + payload), name: "png") == expected)
  }

  @Test("integers of other sizes count, as some programs write them", arguments: [1, 3, 4])
  func types(type: Int) {
    let payload = Self.exif(6, isBigEndian: true, type: type)
    #expect(Orientation(png: Self.png(eXIf: payload)) == .rightTop)
  }

  @Test("numbers that no orientation has, and damaged EXIF data, count as upright")
  func damaged() throws {
    let whole = Self.exif(6, isBigEndian: false)
    var payloads = [
      Self.exif(0, isBigEndian: false), Self.exif(9, isBigEndian: false),
      Self.exif(6, isBigEndian: false, type: 2), Self.exif(6, isBigEndian: false, count: 2),
      Self.exif(6, isBigEndian: false, directory: 0xFFFF_FFFF),
      Self.exif(6, isBigEndian: true, directory: 0x7FFF_FFFF),
      Self.exif(6, isBigEndian: false, directory: 60), Array("II+\0".utf8) + whole.dropFirst(4),
    ]
    // Up to the middle of the orientation's value.
    payloads += (0..<32).map { Array(whole.prefix($0)) }
    for payload in payloads {
      let file = Self.jpeg(app1: Self.prefix + payload)
      #expect(try Image(decoding: file, name: "jpeg") == Fixture.named("420").expected)
      #expect(Orientation(png: Self.png(eXIf: payload)) == .topLeft)
    }
  }

  @Test("an APP1 segment of another kind is passed over")
  func otherSegment() throws {
    let payload = Array("http://ns.adobe.com/xap/1.0/\0<x/>".utf8)
    #expect(Orientation(jpeg: Self.jpeg(app1: payload)) == .topLeft)
  }
}
