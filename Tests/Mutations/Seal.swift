/// Consecutive bytes of a file with their checksum in the four bytes after them.
struct Seal: Sendable {
  enum Kind: Sendable {
    /// HDF5's newer form: Jenkins's lookup3.
    case lookup3
    /// A table of TensorFlow: CRC-32C, turned and shifted.
    case maskedCRC
  }

  let range: Range<Int>
  let kind: Kind

  /// Finds all that a file has.
  static func all(in bytes: [UInt8]) -> [Seal] { hdf5Seals(in: bytes) + tableSeals(in: bytes) }

  /// Makes the checksum fit the bytes; not if the file has become too short.
  func renew(in bytes: inout [UInt8]) {
    guard range.upperBound + 4 <= bytes.count else { return }
    let checksum = kind == .lookup3 ? lookup3(bytes[range]) : maskedCRC(bytes[range])
    for byte in 0..<4 {
      bytes[range.upperBound + byte] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * byte))
    }
  }

  private static func stored(_ bytes: [UInt8], at place: Int) -> UInt32 {
    (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) }
  }

  /// The structures whose end is found by trying: no length is believed here.
  private static func hdf5Seals(in bytes: [UInt8]) -> [Seal] {
    let marks = [
      "OHDR", "OCHK", "FRHP", "FHDB", "FHIB", "FSHD", "FSSE", "BTHD", "BTLF", "BTIN", "FAHD",
      "FADB", "EAHD", "EAIB", "EASB", "EADB", "SMTB", "SMLI", "\u{89}HDF",
    ].map { $0 == "\u{89}HDF" ? [0x89, 0x48, 0x44, 0x46] : Array($0.utf8) }
    var seals: [Seal] = []
    let places = Anchors.places(of: marks, in: bytes)
    for start in places where start < bytes.count - 8 {
      let limit = min(bytes.count - 4, start + 3072)
      for end in (start + 5)..<max(limit, start + 6) where end <= limit {
        if lookup3(bytes[start..<end]) == stored(bytes, at: end) {
          seals.append(Seal(range: start..<end, kind: .lookup3))
          break
        }
      }
    }
    return seals
  }

  /// The blocks of a table follow one another from the file's beginning.
  private static func tableSeals(in bytes: [UInt8]) -> [Seal] {
    guard bytes.suffix(8).elementsEqual([0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB]) else {
      return []
    }
    var seals: [Seal] = []
    var start = 0
    blocks: while start < bytes.count - 52 {
      var crc = UInt32.max
      for end in start..<(bytes.count - 52) {
        crc = crcTable[Int(UInt8(truncatingIfNeeded: crc) ^ bytes[end])] ^ crc >> 8
        if masked(~crc) == stored(bytes, at: end + 1) {
          seals.append(Seal(range: start..<(end + 1), kind: .maskedCRC))
          start = end + 5
          continue blocks
        }
      }
      break
    }
    return seals
  }
}

private let crcTable: [UInt32] = (0..<256).map { byte in
  (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1
  }
}

private func masked(_ crc: UInt32) -> UInt32 { (crc >> 15 | crc << 17) &+ 0xA282_EAD8 }

private func maskedCRC(_ bytes: ArraySlice<UInt8>) -> UInt32 {
  masked(
    ~bytes.reduce(UInt32.max) { crcTable[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 })
}

/// Bob Jenkins's hash of 2006, byte by byte, with 0 as its first value.
private func lookup3(_ bytes: ArraySlice<UInt8>) -> UInt32 {
  func rotated(_ value: UInt32, _ bits: UInt32) -> UInt32 { value << bits | value >> (32 - bits) }
  var a = 0xDEAD_BEEF &+ UInt32(truncatingIfNeeded: bytes.count)
  var (b, c) = (a, a)
  var place = bytes.startIndex
  func word(_ offset: Int) -> UInt32 {
    var value: UInt32 = 0
    for byte in 0..<4 where place + offset + byte < bytes.endIndex {
      value |= UInt32(bytes[place + offset + byte]) << UInt32(8 * byte)
    }
    return value
  }
  while bytes.endIndex - place > 12 {
    a &+= word(0)
    b &+= word(4)
    c &+= word(8)
    a = (a &- c) ^ rotated(c, 4)
    c &+= b
    b = (b &- a) ^ rotated(a, 6)
    a &+= c
    c = (c &- b) ^ rotated(b, 8)
    b &+= a
    a = (a &- c) ^ rotated(c, 16)
    c &+= b
    b = (b &- a) ^ rotated(a, 19)
    a &+= c
    c = (c &- b) ^ rotated(b, 4)
    b &+= a
    place += 12
  }
  if place == bytes.endIndex { return c }
  a &+= word(0)
  b &+= word(4)
  c &+= word(8)
  c = (c ^ b) &- rotated(b, 14)
  a = (a ^ c) &- rotated(c, 11)
  b = (b ^ a) &- rotated(a, 25)
  c = (c ^ b) &- rotated(b, 16)
  a = (a ^ c) &- rotated(c, 4)
  b = (b ^ a) &- rotated(a, 14)
  return (c ^ b) &- rotated(b, 24)
}
