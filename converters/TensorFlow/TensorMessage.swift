internal import Files
internal import Importing
internal import Tensors

/// A message `TensorProto`: a type, a shape, and numbers in one of several ways.
struct TensorMessage {
  let type: DataType
  let shape: [Int]
  let numbers: NumberLocation

  /// Reads where the numbers are, not the numbers; nil for a type that no network here runs on.
  ///
  /// `known` are the type and the shape, where the file has them elsewhere than in the message.
  init?<Source>(
    _ message: ProtobufCursor<Source>, known: (type: DataType, shape: [Int])? = nil
  ) throws {
    var message = message
    var (type, extents) = (known?.type ?? DataType(number: 0), known?.shape ?? [])
    var content: Range<Int>?
    // By field: floats, doubles, halves.
    var lists: [Int: Range<Int>] = [:]
    var start = message.position
    while let (field, value) = try message.next() {
      defer { start = message.position }
      switch (field, value) {
      case (1, .varint(let number)) where known == nil:
        type = DataType(number: Int(truncatingIfNeeded: number))
      case (2, .range(let range)) where known == nil:
        extents = try TensorFlowConverter.shape(message.inner(range))
      case (4, .range(let range)) where !range.isEmpty: content = range
      case (5, .range(let range)), (6, .range(let range)), (13, .range(let range)):
        guard lists[field] == nil || range.isEmpty else {
          throw message.place.damaged("its numbers are in several pieces")
        }
        if !range.isEmpty { lists[field] = range }
      // One number by itself, not in a list; more of them nobody writes.
      case (5, .fixed32), (6, .fixed64), (13, .varint):
        guard lists[field] == nil else {
          throw message.place.damaged("its numbers are in several pieces")
        }
        // Behind a tag of one byte.
        lists[field] = (start + 1)..<message.position
      default: break
      }
    }
    guard let elementType = type.elementType else { return nil }
    (self.type, shape) = (type, extents)
    numbers = try Self.locate(
      content: content, lists: lists, type: elementType, shape: extents, in: message)
  }

  private static func locate<Source>(
    content: Range<Int>?, lists: [Int: Range<Int>], type: ElementType, shape: [Int],
    in message: ProtobufCursor<Source>
  ) throws -> NumberLocation {
    let count = shape.reduce(1, *)
    let expected = count * type.byteCount
    func differ(_ found: Int) -> ImportError {
      message.place.damaged(
        "expected \(expected) bytes of numbers for the shape \(shape), found \(found)")
    }
    if let content {
      guard content.count == expected else { throw differ(content.count) }
      return .bytes(content)
    }
    let isHalf = type.byteCount == 2
    guard let list = lists[isHalf ? 13 : type == .float32 ? 5 : 6] else {
      if expected == 0 { return .bytes(message.end..<message.end) }
      // No number at all means zeros.
      try limit(expected, in: message)
      return .repeated([UInt8](repeating: 0, count: type.byteCount))
    }
    if isHalf {
      var cursor = message.inner(list)
      var (values, last) = (0, UInt64(0))
      while cursor.position < cursor.end {
        last = try cursor.varint()
        values += 1
      }
      if values == count { return .varints(list) }
      guard values == 1 else { throw differ(2 * values) }
      try limit(expected, in: message)
      return .repeated([UInt8(last & 0xFF), UInt8(last >> 8 & 0xFF)])
    }
    if list.count == expected { return .bytes(list) }
    guard list.count == type.byteCount else { throw differ(list.count) }
    try limit(expected, in: message)
    return .repeated(try message.source.bytes(in: list))
  }

  /// One number may stand for all, but not for more than there could be in a file of that size.
  private static func limit<Source>(
    _ byteCount: Int, in message: ProtobufCursor<Source>
  ) throws {
    guard byteCount <= max(message.source.byteCount, 1 << 20) else {
      throw message.place.damaged("one number stands for \(byteCount) bytes of them")
    }
  }

  /// Brings the numbers into memory.
  static func read(
    _ numbers: NumberLocation, shape: [Int], type: ElementType, from file: FileWindow,
    path: String
  ) throws -> Tensor {
    try Tensor(shape: shape, elementType: type) { bytes throws in
      switch numbers {
      case .bytes(let range): try file.read(into: bytes, at: range.lowerBound)
      case .repeated(let pattern):
        for index in bytes.indices { bytes[index] = pattern[index % pattern.count] }
      case .varints(let range):
        var cursor = ProtobufCursor(
          file, in: range, place: .init(file: file.path, object: path))
        for index in stride(from: 0, to: bytes.count, by: 2) {
          let bits = UInt16(truncatingIfNeeded: try cursor.varint())
          bytes[index] = UInt8(bits & 0xFF)
          bytes[index + 1] = UInt8(bits >> 8)
        }
      }
    }
  }
}
