/// A tar archive made in memory as a test says, faults included.
public struct TarArchive {
  /// The members so far, without the two blocks of zeros at an archive's end.
  public private(set) var bytes: [UInt8] = []

  public init() {}

  /// Adds a member of ustar's form.
  ///
  /// - Parameters:
  ///   - name: At most 100 bytes.
  ///   - content: What follows the header.
  ///   - type: What it is, as the header says it.
  ///   - size: The header's field of the length, as text; nil for the content's.
  ///   - sumIsRight: Whether the header's checksum is its own.
  public mutating func add(
    _ name: String, _ content: [UInt8] = [], type: Character = "0", size: String? = nil,
    sumIsRight: Bool = true
  ) {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at place: Int) {
      for (index, byte) in text.utf8.enumerated() { header[place + index] = byte }
    }
    func octal(_ number: Int, digits: Int) -> String {
      let text = String(number, radix: 8)
      return String(repeating: "0", count: digits - text.count) + text
    }
    put(name, at: 0)
    put("0000644", at: 100)
    put(size ?? octal(content.count, digits: 11), at: 124)
    put("ustar\u{0}00", at: 257)
    put(String(type), at: 156)
    put("        ", at: 148)
    let sum = header.reduce(sumIsRight ? 0 : 1) { $0 + Int($1) }
    put(octal(sum, digits: 6) + "\u{0} ", at: 148)
    let padding = (512 - content.count % 512) % 512
    bytes += header + content + [UInt8](repeating: 0, count: padding)
  }

  /// The archive with its end, packed by gzip without making it smaller.
  public var packed: [UInt8] { Self.gzip(bytes + [UInt8](repeating: 0, count: 1024)) }

  /// Packs bytes by gzip (RFC 1952) in blocks that are stored as they are (RFC 1951).
  public static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var packed: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
    var start = 0
    repeat {
      let end = min(start + 0xFFFF, bytes.count)
      packed.append(end == bytes.count ? 1 : 0)
      packed += littleEndian(end - start, 2) + littleEndian(~(end - start), 2) + bytes[start..<end]
      start = end
    } while start < bytes.count
    return packed + littleEndian(Int(crc32(bytes)), 4) + littleEndian(bytes.count, 4)
  }

  /// The archive as ``packed`` has it, but for zeros in great number before its end.
  ///
  /// The zeros are a second gzip file behind the first, packed 159 times as small: each thirteen bits
  /// repeat the last byte 258 times. They are of the member that was added last.
  ///
  /// - Parameter repeats: How many times 258 zeros there are, and one more.
  /// - Returns: The bytes of the gzip files.
  public func packedWithZeros(repeats: Int) -> [UInt8] {
    var bits = BitWriter()
    // The last block, of the fixed code; a zero; then length 258 and distance 1 again and again.
    bits.write([1, 1, 0])
    bits.write([0, 0, 1, 1, 0, 0, 0, 0])
    for _ in 0..<repeats { bits.write([1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]) }
    bits.write([0, 0, 0, 0, 0, 0, 0])
    // Its checksum does not matter: nobody gets so far.
    return Self.gzip(bytes) + [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + bits.bytes
      + [UInt8](repeating: 0, count: 8)
  }

  private static func littleEndian(_ number: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  private static func crc32(_ bytes: [UInt8]) -> UInt32 {
    let table = (0..<256).map { index in
      (0..<8).reduce(UInt32(index)) { sum, _ in sum >> 1 ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return ~bytes.reduce(~0) { sum, byte in sum >> 8 ^ table[Int(sum & 0xFF ^ UInt32(byte))] }
  }
}

/// Bits, from each byte's lowest on.
private struct BitWriter {
  var bytes: [UInt8] = []
  private var used = 8

  mutating func write(_ bits: [UInt8]) {
    for bit in bits {
      if used == 8 {
        bytes.append(0)
        used = 0
      }
      bytes[bytes.count - 1] |= bit << used
      used += 1
    }
  }
}
