internal import Importing

/// A walk through the fields of one message in Protocol Buffers' wire format.
///
/// Every length is checked against the message's end before it is used, so no field can reach beyond
/// its message, and a walk ends after as many steps as the message has bytes at most. Messages inside
/// messages are ranges; nothing is copied until it is asked for.
struct ProtobufCursor<Source: ByteSource> {
  let source: Source
  private(set) var position: Int
  let end: Int
  /// Where the message is, for errors.
  let place: Place

  /// A file and what in it is read.
  struct Place {
    let file: String
    let object: String

    func damaged(_ reason: String) -> ImportError {
      .damaged(file: file, object: object, reason: reason)
    }
  }

  /// What stands in a field.
  enum Value {
    case varint(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    /// A text, bytes, numbers side by side or a message: where it is.
    case range(Range<Int>)
  }

  init(_ source: Source, in range: Range<Int>, place: Place) {
    (self.source, position, end) = (source, range.lowerBound, range.upperBound)
    self.place = place
  }

  /// The walk through a message that is a field of this one.
  func inner(_ range: Range<Int>) -> ProtobufCursor { .init(source, in: range, place: place) }

  /// The next field's number and value; nil at the message's end.
  mutating func next() throws -> (field: Int, value: Value)? {
    guard position < end else { return nil }
    let tag = try varint()
    let field = tag >> 3
    guard (1...0x1FFF_FFFF).contains(field) else {
      throw place.damaged("a field has the number \(field)")
    }
    let value: Value
    switch tag & 7 {
    case 0: value = .varint(try varint())
    case 1: value = .fixed64(try fixed(8))
    case 2: value = .range(try skip(try varint()))
    case 5: value = .fixed32(UInt32(truncatingIfNeeded: try fixed(4)))
    default: throw place.damaged("a field is of the unknown wire type \(tag & 7)")
    }
    return (Int(field), value)
  }

  /// The next number of seven bits a byte.
  mutating func varint() throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 64, by: 7) {
      guard position < end else { throw place.damaged("a number goes beyond its message") }
      let byte = try source.byte(at: position)
      position += 1
      value |= UInt64(byte & 0x7F) << UInt64(shift)
      if byte < 0x80 { return value }
    }
    throw place.damaged("a number has more than ten bytes")
  }

  /// Passes over bytes.
  ///
  /// - Returns: Where they are.
  mutating func skip(_ count: UInt64) throws -> Range<Int> {
    guard count <= UInt64(end - position) else {
      throw place.damaged("\(count) bytes go beyond what holds them")
    }
    let range = position..<(position + Int(count))
    position = range.upperBound
    return range
  }

  private mutating func fixed(_ count: Int) throws -> UInt64 {
    guard end - position >= count else {
      throw place.damaged("a number goes beyond its message")
    }
    var value: UInt64 = 0
    for index in 0..<count {
      value |= UInt64(try source.byte(at: position + index)) << UInt64(8 * index)
    }
    position += count
    return value
  }

  /// The text of a range; names are short.
  func text(_ range: Range<Int>) throws -> String {
    guard range.count <= 1 << 16 else {
      throw place.damaged("a name has \(range.count) bytes")
    }
    return String(decoding: try source.bytes(in: range), as: UTF8.self)
  }
}

extension ProtobufCursor.Value {
  /// The number, if it is one of variable length.
  var integer: Int? {
    if case .varint(let value) = self { Int(truncatingIfNeeded: value) } else { nil }
  }

  /// The place of what has a length.
  var range: Range<Int>? { if case .range(let range) = self { range } else { nil } }
}
