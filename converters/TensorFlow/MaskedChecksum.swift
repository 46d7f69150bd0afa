/// CRC-32C, the checksum that TensorFlow puts beside each block and each tensor.
///
/// Polynomial 0x1EDC6F41 bit by bit reversed; sixteen bytes a step with sixteen tables, after
/// Kounavis and Berry, A Systematic Approach to Building High Performance Software-based CRC
/// Generators.
struct MaskedChecksum {
  private var state: UInt32 = .max

  /// Adds bytes.
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    state = Self.tables.withUnsafeBufferPointer { tables in
      var crc = state
      var position = 0
      while bytes.count - position >= 16 {
        let low = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self).littleEndian
        let high = bytes.loadUnaligned(fromByteOffset: position + 8, as: UInt64.self).littleEndian
        let first = low ^ UInt64(crc)
        crc =
          Self.lookUp(tables, first, 8) ^ Self.lookUp(tables, high, 0)
        position += 16
      }
      while position < bytes.count {
        crc = crc >> 8 ^ tables[Int((crc ^ UInt32(bytes[position])) & 0xFF)]
        position += 1
      }
      return crc
    }
  }

  /// The checksum as TensorFlow stores it, rotated and shifted, so that a checksum of bytes that hold
  /// checksums is still a good one.
  var value: UInt32 {
    let crc = ~state
    return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
  }

  /// What eight bytes add that have `rest` bytes behind them in the step.
  @inline(__always)
  private static func lookUp(
    _ tables: UnsafeBufferPointer<UInt32>, _ bytes: UInt64, _ rest: Int
  ) -> UInt32 {
    func entry(_ index: Int) -> UInt32 {
      let byte = Int(truncatingIfNeeded: bytes >> UInt64(8 * index)) & 0xFF
      return tables[(7 - index + rest) << 8 | byte]
    }
    return entry(0) ^ entry(1) ^ entry(2) ^ entry(3) ^ entry(4) ^ entry(5) ^ entry(6) ^ entry(7)
  }

  /// Table k holds what a byte adds with k bytes behind it, 256 numbers each.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 16 * 256)
    for byte in 0..<256 {
      var crc = UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
      tables[byte] = crc
    }
    for index in 256..<tables.count {
      let previous = tables[index - 256]
      tables[index] = previous >> 8 ^ tables[Int(previous & 0xFF)]
    }
    return tables
  }()
}
