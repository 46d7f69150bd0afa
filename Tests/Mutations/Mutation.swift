/// One way to damage a file.
enum Mutation: CaseIterable {
  case flipBit
  case setByte
  case overwrite
  case forgeInteger
  case forgeIntegerNearby
  case forgeVarint
  case forgeText
  case swapOpcode
  case truncate
  case remove
  case insert
  case duplicate
  case swapBlocks
  case splice

  /// Damages bytes at a place.
  ///
  /// - Parameters:
  ///   - bytes: The file, which may grow by at most a few kilobytes.
  ///   - place: Where; moved where the kind of damage needs another place.
  ///   - donor: A file of which a part may be taken.
  ///   - generator: Where the chance comes from.
  func apply(
    to bytes: inout [UInt8], at place: Int, donor: [UInt8],
    using generator: inout SeededGenerator
  ) {
    guard !bytes.isEmpty else {
      bytes = Array(donor.prefix(generator.below(64)))
      return
    }
    let place = min(place, bytes.count - 1)
    let stretch = place..<min(place + 1 + generator.below(16), bytes.count)
    switch self {
    case .flipBit: bytes[place] ^= 1 << UInt8(generator.below(8))
    case .setByte:
      let usual: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF, UInt8(generator.below(256))]
      bytes[place] = usual[generator.below(usual.count)]
    case .overwrite:
      let usual: [UInt8] = [0, 0xFF, 0x80, 0x41]
      let byte = usual[generator.below(usual.count)]
      for index in stretch { bytes[index] = byte }
    case .forgeInteger, .forgeIntegerNearby:
      forgeInteger(in: &bytes, at: place, using: &generator)
    case .forgeVarint: forgeVarint(in: &bytes, at: place, using: &generator)
    case .forgeText: forgeText(in: &bytes, from: place, using: &generator)
    case .swapOpcode:
      bytes[place] = Self.opcodes[generator.below(Self.opcodes.count)]
    case .truncate:
      // Mostly near the end: what is cut in the middle is often noticed at once.
      let kept = generator.below(2) == 0 ? place : max(bytes.count - generator.below(200), 0)
      bytes.removeSubrange(kept...)
    case .remove: bytes.removeSubrange(stretch)
    case .insert:
      let noise = (0...generator.below(16)).map { _ in UInt8(generator.below(256)) }
      bytes.insert(contentsOf: noise, at: place)
    case .duplicate:
      let length = 1 + generator.below(generator.below(4) == 0 ? 2048 : 64)
      bytes.insert(contentsOf: bytes[place..<min(place + length, bytes.count)], at: place)
    case .swapBlocks:
      let length = min(1 << (1 + generator.below(8)), bytes.count - place)
      let other = generator.below(bytes.count - length + 1)
      for index in 0..<length where (place..<(place + length)).contains(other + index) == false {
        bytes.swapAt(place + index, other + index)
      }
    case .splice:
      guard !donor.isEmpty else { return }
      let start = generator.below(donor.count)
      let part = donor[start..<min(start + 1 + generator.below(512), donor.count)]
      // In the place of as many bytes, so that what is behind stays where it was, or all the rest.
      if generator.below(4) == 0 {
        bytes.removeSubrange(place...)
        bytes += donor[start...].prefix(1 << 16)
      } else {
        bytes.replaceSubrange(place..<min(place + part.count, bytes.count), with: part)
      }
    }
  }

  /// Writes a number that a length, a count, or an address would rather not be.
  private func forgeInteger(
    in bytes: inout [UInt8], at place: Int, using generator: inout SeededGenerator
  ) {
    let width = [1, 2, 4, 4, 8, 8][generator.below(6)]
    guard bytes.count >= width else { return }
    let place = min(place / (generator.below(2) == 0 ? 1 : width) * width, bytes.count - width)
    let isBigEndian = generator.below(4) == 0
    func index(_ byte: Int) -> Int { place + (isBigEndian ? width - 1 - byte : byte) }
    let old = (0..<width).reduce(UInt64(0)) { $0 | UInt64(bytes[index($1)]) << UInt64(8 * $1) }
    let new: UInt64
    if self == .forgeIntegerNearby {
      let near: [UInt64] = [
        old &+ 1, old &- 1, old &* 2, old / 2, old &+ 8, old &- 8, old &<< 8, old &* 3,
        old &+ UInt64(generator.below(256)),
      ]
      new = near[generator.below(near.count)]
    } else {
      let count = UInt64(bytes.count)
      let usual: [UInt64] = [
        0, 1, UInt64.max, UInt64.max - 1, 1 << 63, (1 << 63) - 1, 1 << 62, 1 << 61, 1 << 48,
        1 << 40, 1 << 32, (1 << 32) - 1, 1 << 31, (1 << 31) - 1, 1 << 30, 1 << 28, 1 << 24,
        1 << 16, (1 << 16) - 1, count, count - 1, count + 1, count / 2, UInt64(place),
      ]
      new = usual[generator.below(usual.count)]
    }
    for byte in 0..<width { bytes[index(byte)] = UInt8(truncatingIfNeeded: new >> (8 * byte)) }
  }

  /// Puts a number of variable length where there was a small one.
  private func forgeVarint(
    in bytes: inout [UInt8], at place: Int, using generator: inout SeededGenerator
  ) {
    let usual: [UInt64] = [
      0, 1, 127, 128, 1 << 14, 1 << 28, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, 1 << 40, 1 << 61,
      1 << 62, (1 << 63) - 1, 1 << 63, UInt64.max, UInt64(bytes.count),
    ]
    var value = usual[generator.below(usual.count)]
    var varint: [UInt8] = []
    repeat {
      varint.append(UInt8(value & 0x7F) | (value > 0x7F ? 0x80 : 0))
      value >>= 7
    } while value > 0
    bytes.replaceSubrange(place...place, with: varint)
  }

  /// Replaces the next number, bracket or quote of a text.
  private func forgeText(
    in bytes: inout [UInt8], from place: Int, using generator: inout SeededGenerator
  ) {
    func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }
    let marks = Array("[]{}\",:".utf8)
    let wantsDigit = generator.below(3) > 0
    guard
      let start = bytes[place...].prefix(4096)
        .firstIndex(where: { wantsDigit ? isDigit($0) : marks.contains($0) })
    else { return }
    let end =
      wantsDigit ? bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count : start + 1
    let word = Self.words[generator.below(Self.words.count)]
    bytes.replaceSubrange(start..<end, with: Array(word.utf8))
  }

  private static let words = [
    "", "0", "-1", "-0", "1.5", "1e999", "4294967296", "9223372036854775807",
    "9223372036854775808", "18446744073709551615", "99999999999999999999999", "null", "true",
    "\"\"", "\"x\"", "{}", "[]", "[[[[[[[[", "{\"a\":", "\\u0000", "\\ud800", "\u{0}", "\n", ",",
    "]", "}", "NaN", "..", "/", String(repeating: "[", count: 3000),
    String(repeating: "{\"a\":", count: 600), "F32", "F64", "I64", "BF16", "BOOL",
  ]

  /// The opcodes of pickles, among them those that call, build and look up.
  private static let opcodes: [UInt8] =
    Array("(.012FIJKLMNPQRSTUVXabcdeghijlopqrstu}])B".utf8) + Array(0x80...0x98)
}
