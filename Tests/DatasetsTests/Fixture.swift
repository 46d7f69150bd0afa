// A fixture that cannot be read ends the tests, as it should.
// swift-format-ignore-file: NeverForceUnwrap, NeverUseForceTry

import FoundationEssentials
import Testing

@testable import Datasets

/// A picture file and the pixels that Pillow reads from it; `make_fixtures.py` tells how.
struct Fixture: CustomTestStringConvertible {
  let name: String
  let file: [UInt8]
  let expected: Image

  var testDescription: String { name }

  static let jpegs = load("jpeg.txt")
  static let pngs = load("png.txt")

  private static let all = Dictionary(
    uniqueKeysWithValues: (jpegs + pngs).map { ($0.name, $0) })

  static func named(_ name: String) -> Fixture {
    all[name]!
  }

  private static func load(_ name: String) -> [Fixture] {
    lines(of: name).map { line in
      let fields = line.split(separator: "\t")
      return Fixture(
        name: String(fields[0]), file: bytes(hexadecimal: fields[1]),
        expected: Image(
          width: Int(fields[2])!, height: Int(fields[3])!, pixels: bytes(hexadecimal: fields[4])))
    }
  }

  /// The lines of a fixture, and of numbers and words in it.
  static func lines(of name: String) -> [Substring] {
    let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let path = folder.joined(separator: "/") + "/Fixtures/" + name
    return try! String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
  }

  private static func bytes(hexadecimal digits: Substring) -> [UInt8] {
    let digits = digits.utf8.map { $0 < 0x3A ? $0 - 0x30 : $0 - 0x61 + 10 }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}

/// A linear congruential generator: the same numbers on every machine, and in `make_fixtures.py`.
struct Noise: RandomNumberGenerator {
  private var state: UInt64

  init(seed: Int) { state = UInt64(seed) }

  mutating func next() -> UInt64 {
    (0..<8).reduce(0) { value, _ in value << 8 | UInt64(nextByte()) }
  }

  mutating func nextByte() -> UInt8 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return UInt8(state >> 56)
  }
}

extension Image {
  static func noise(width: Int, height: Int) -> Image {
    var noise = Noise(seed: width * 1000 + height)
    let pixels = (0..<(width * height * 3)).map { _ in noise.nextByte() }
    return Image(width: width, height: height, pixels: pixels)
  }

  /// FNV-1a of the pixels, in hexadecimal digits.
  var digest: String {
    let value = pixels.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// A PNG chunk with its length and checksum.
func pngChunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
  let content = Array(type.utf8) + data
  var checksum = UInt32.max
  for byte in content {
    checksum ^= UInt32(byte)
    for _ in 0..<8 { checksum = checksum >> 1 ^ (checksum & 1 == 1 ? 0xEDB8_8320 : 0) }
  }
  return bigEndian(UInt32(data.count)) + content + bigEndian(~checksum)
}

func bigEndian(_ value: UInt32) -> [UInt8] {
  [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
}

extension [UInt8] {
  /// Where a sequence of bytes first occurs.
  func firstIndex(of part: some Collection<UInt8>) -> Int? {
    indices.first { self[$0...].starts(with: part) }
  }
}
