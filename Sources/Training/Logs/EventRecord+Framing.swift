extension EventRecord {
  /// How many bytes stand before a message: its length and the length's checksum.
  static let header = 12
  /// How many bytes stand after a message: its checksum.
  static let footer = 4

  /// What lies at a place of a file.
  enum Content: Equatable {
    /// A whole message, in these bytes, and where the next record begins.
    case message(Range<Int>, end: Int)
    /// The end of the file, or a record that was still being written when the machine stopped.
    case end
    /// Bytes that are no record although more of the file follows.
    case damaged
  }

  /// A message as TFRecord frames it, with masked checksums.
  static func framed(_ message: [UInt8]) -> [UInt8] {
    let length = littleEndian(UInt64(message.count))
    return length + littleEndian(CRC32C.masked(length[...])) + message
      + littleEndian(CRC32C.masked(message[...]))
  }

  /// Reads the frame at a place of a file.
  static func content(of file: [UInt8], at start: Int) -> Content {
    let rest = file[start...]
    guard rest.count >= header else { return .end }
    let length: UInt64 = number(rest.prefix(8))
    guard CRC32C.masked(rest.prefix(8)) == number(rest.dropFirst(8).prefix(4)) else {
      // Some file systems give a file its new length before they write what is in it.
      return rest.allSatisfy { $0 == 0 } ? .end : .damaged
    }
    guard length <= UInt64(rest.count), rest.count >= header + Int(length) + footer else {
      return .end
    }
    let message = (start + header)..<(start + header + Int(length))
    let end = message.upperBound + footer
    guard CRC32C.masked(file[message]) == number(file[message.upperBound..<end]) else {
      return file[end...].allSatisfy { $0 == 0 } ? .end : .damaged
    }
    return .message(message, end: end)
  }

  /// Whether a file may be an event file, or what a stopped machine left of one.
  ///
  /// Keeps a file of something else from being taken for a record cut short.
  static func mayBegin(_ file: [UInt8]) -> Bool {
    if case .message = content(of: file, at: 0) { return true }
    // The length and its checksum are the same for every time.
    let beginning = start(wallTime: 1).prefix(header)
    return file.allSatisfy { $0 == 0 }
      || file.prefix(header).elementsEqual(beginning.prefix(file.count))
  }

  static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  private static func number<Value: FixedWidthInteger & UnsignedInteger>(
    _ bytes: ArraySlice<UInt8>
  ) -> Value {
    bytes.reversed().reduce(0) { $0 << 8 | Value($1) }
  }
}

/// The cyclic redundancy check with Castagnoli's polynomial.
enum CRC32C {
  /// The remainder of each byte.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in
      value >> 1 ^ (value & 1 == 1 ? 0x82F6_3B78 : 0)
    }
  }

  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    ~bytes.reduce(UInt32.max) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
  }

  /// The checksum as TFRecord keeps it, so that checksums of checksums do not cancel out.
  static func masked(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    let value = checksum(bytes)
    return (value >> 15 | value << 17) &+ 0xA282_EAD8
  }
}
