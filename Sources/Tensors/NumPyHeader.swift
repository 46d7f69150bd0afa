/// What the header of a NumPy file says: a Python dictionary of three keys.
///
/// Source: NumPy Enhancement Proposal 1 and `numpy.lib.format`, versions 1.0 to 3.0.
struct NumPyHeader: Equatable {
  /// The type of each number as NumPy spells it: `<f4`.
  let typeName: String
  /// Whether the first axis varies fastest.
  let isFortranOrder: Bool
  let shape: [Int]

  /// The longest header that is read, in bytes; NumPy's own limit.
  static let maximumByteCount = 10_000

  init(typeName: String, isFortranOrder: Bool, shape: [Int]) {
    (self.typeName, self.isFortranOrder, self.shape) = (typeName, isFortranOrder, shape)
  }

  /// Parses the dictionary.
  init(parsing text: some Sequence<UInt8>) throws(NumPyHeaderError) {
    var parser = PythonLiteralParser(text)
    var typeName: String?
    var isFortranOrder: Bool?
    var shape: [Int]?
    try parser.expect("{")
    while !parser.accept("}") {
      let key = try parser.string()
      try parser.expect(":")
      switch key {
      case "descr" where typeName == nil: typeName = try parser.typeName()
      case "fortran_order" where isFortranOrder == nil: isFortranOrder = try parser.boolean()
      case "shape" where shape == nil: shape = try parser.tuple()
      default:
        throw NumPyHeaderError("a header with descr, fortran_order and shape once", "'\(key)'")
      }
      if !parser.accept(",") {
        try parser.expect("}")
        break
      }
    }
    try parser.expectEnd()
    guard let typeName, let isFortranOrder, let shape else {
      throw NumPyHeaderError("a header with descr, fortran_order and shape", "only some of them")
    }
    self.init(typeName: typeName, isFortranOrder: isFortranOrder, shape: shape)
  }
}

/// What a header should hold and what it holds instead.
struct NumPyHeaderError: Error, Equatable, CustomStringConvertible {
  let expected: String
  let found: String

  init(_ expected: String, _ found: String) {
    (self.expected, self.found) = (expected, found)
  }

  var description: String { "expected \(expected), found \(found)" }
}

/// Reads the few kinds of Python literals that occur in a header.
private struct PythonLiteralParser {
  private let bytes: [UInt8]
  private var position = 0

  init(_ text: some Sequence<UInt8>) { bytes = Array(text) }

  /// Passes over a mark if it comes next.
  mutating func accept(_ mark: Unicode.Scalar) -> Bool {
    skipSpaces()
    guard position < bytes.count, bytes[position] == UInt8(ascii: mark) else { return false }
    position += 1
    return true
  }

  mutating func expect(_ mark: Unicode.Scalar) throws(NumPyHeaderError) {
    guard accept(mark) else { throw failure("'\(mark)'") }
  }

  mutating func expectEnd() throws(NumPyHeaderError) {
    skipSpaces()
    guard position == bytes.count else { throw failure("the end of the header") }
  }

  /// A string in single or double quotes; no escapes, which no header needs.
  mutating func string() throws(NumPyHeaderError) -> String {
    skipSpaces()
    guard position < bytes.count,
      [UInt8(ascii: "'"), UInt8(ascii: "\"")].contains(bytes[position]),
      let end = bytes[(position + 1)...].firstIndex(of: bytes[position]),
      let text = printable(bytes[(position + 1)..<end])
    else { throw failure("a string") }
    position = end + 1
    return text
  }

  /// The type of the numbers; of a record with fields, its text as it stands.
  mutating func typeName() throws(NumPyHeaderError) -> String {
    skipSpaces()
    guard position < bytes.count, bytes[position] == UInt8(ascii: "[") else { return try string() }
    let start = position
    var depth = 0
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "]"): depth -= 1
      default: break
      }
      position += 1
      if depth == 0 {
        let text = printable(bytes[start..<position].prefix(60)) ?? "text that cannot be printed"
        return "fields \(text)"
      }
    }
    throw failure("a type")
  }

  mutating func boolean() throws(NumPyHeaderError) -> Bool {
    if acceptWord("True") { return true }
    if acceptWord("False") { return false }
    throw failure("True or False")
  }

  /// A tuple of extents: `()`, `(3,)`, `(2, 3)`, and `(2L, 3L)` as Python 2 wrote it.
  mutating func tuple() throws(NumPyHeaderError) -> [Int] {
    try expect("(")
    var extents: [Int] = []
    while !accept(")") {
      extents.append(try extent())
      if accept(",") { continue }
      // A single number in parentheses is no tuple.
      guard extents.count > 1 else { throw failure("','") }
      try expect(")")
      break
    }
    return extents
  }

  private mutating func extent() throws(NumPyHeaderError) -> Int {
    skipSpaces()
    let digits = bytes[position...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard let value = Int(String(decoding: digits, as: UTF8.self)) else {
      throw failure("an extent of at most \(Int.max)")
    }
    position = digits.endIndex
    if position < bytes.count, bytes[position] == UInt8(ascii: "L") { position += 1 }
    return value
  }

  private mutating func acceptWord(_ word: StaticString) -> Bool {
    skipSpaces()
    let word = String(describing: word).utf8
    guard bytes[position...].starts(with: word) else { return false }
    position += word.count
    return true
  }

  private mutating func skipSpaces() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
      position += 1
    }
  }

  private func failure(_ expected: String) -> NumPyHeaderError {
    let rest = bytes[position...].prefix(20)
    let found = rest.isEmpty ? "its end" : printable(rest).map { "\"\($0)\"" } ?? "binary data"
    return NumPyHeaderError("\(expected) in the header", found)
  }

  /// The text of bytes that are all printable ASCII.
  private func printable(_ bytes: ArraySlice<UInt8>) -> String? {
    let isPrintable = bytes.allSatisfy { (0x20..<0x7F).contains($0) }
    return isPrintable ? String(decoding: bytes, as: UTF8.self) : nil
  }
}
