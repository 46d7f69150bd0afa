/// One event of a TensorBoard log, as it lies in the file.
///
/// The messages are TensorFlow's `Event` (wall_time = 1, step = 2, file_version = 3, summary = 5),
/// `Summary` (value = 1) and `Summary.Value` (tag = 1, simple_value = 2). Of these only the fields
/// named here are written, so a library for protocol buffers would be far more code than this.
enum EventRecord {
  /// What the first record of a file says.
  static let version = "brain.Event:2"

  /// The first record of a file.
  static func start(wallTime: Double) -> [UInt8] {
    var message = wallTimeField(wallTime)
    appendBytes(Array(version.utf8), field: 3, to: &message)
    return framed(message)
  }

  /// The record of some numbers at a step.
  static func scalars(
    _ scalars: [(tag: String, value: Float)], step: Int, wallTime: Double
  ) -> [UInt8] {
    var message = wallTimeField(wallTime)
    // Protocol buffers leave out a zero.
    if step != 0 {
      message.append(2 << 3)
      appendVarint(UInt64(step), to: &message)
    }
    var summary: [UInt8] = []
    for (tag, number) in scalars {
      var value: [UInt8] = []
      appendBytes(Array(tag.utf8), field: 1, to: &value)
      // Not left out if zero: it is one of several kinds of value, which the field tells.
      value.append(2 << 3 | 5)
      value += littleEndian(number.bitPattern)
      appendBytes(value, field: 1, to: &summary)
    }
    appendBytes(summary, field: 5, to: &message)
    return framed(message)
  }

  /// The step and the version that a message names; nil if it is no `Event`.
  static func parsed(_ message: ArraySlice<UInt8>) -> (step: Int, version: String?)? {
    var rest = message
    var (step, version): (Int, String?) = (0, nil)
    while !rest.isEmpty {
      guard let key = varint(&rest) else { return nil }
      switch key & 7 {
      case 0:
        guard let value = varint(&rest) else { return nil }
        if key >> 3 == 2 { step = Int(truncatingIfNeeded: value) }
      case 1:
        guard rest.count >= 8 else { return nil }
        rest = rest.dropFirst(8)
      case 2:
        guard let length = varint(&rest), length <= UInt64(rest.count) else { return nil }
        if key >> 3 == 3 { version = String(decoding: rest.prefix(Int(length)), as: UTF8.self) }
        rest = rest.dropFirst(Int(length))
      case 5:
        guard rest.count >= 4 else { return nil }
        rest = rest.dropFirst(4)
      default: return nil
      }
    }
    return (step, version)
  }

  private static func wallTimeField(_ wallTime: Double) -> [UInt8] {
    wallTime == 0 ? [] : [1 << 3 | 1] + littleEndian(wallTime.bitPattern)
  }

  private static func appendBytes(_ bytes: [UInt8], field: UInt8, to message: inout [UInt8]) {
    message.append(field << 3 | 2)
    appendVarint(UInt64(bytes.count), to: &message)
    message += bytes
  }

  private static func appendVarint(_ value: UInt64, to message: inout [UInt8]) {
    var value = value
    while value >= 0x80 {
      message.append(UInt8(truncatingIfNeeded: value) | 0x80)
      value >>= 7
    }
    message.append(UInt8(value))
  }

  private static func varint(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte = bytes.popFirst() else { return nil }
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
    }
    return nil
  }
}
