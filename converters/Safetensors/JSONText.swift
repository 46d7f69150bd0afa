/// JSON text, read from front to back: objects, texts and lists of whole numbers.
struct JSONText {
  let bytes: [UInt8]
  private var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// Reads an object; `member` reads the value of each key.
  mutating func object(
    _ member: (String, inout JSONText) throws(SafetensorsFlaw) -> Void
  ) throws(SafetensorsFlaw) {
    try expect("{")
    if takes("}") { return }
    repeat {
      let key = try string()
      try expect(":")
      try member(key, &self)
    } while takes(",")
    try expect("}")
  }

  /// Reads a list of whole numbers, none below zero.
  mutating func numbers() throws(SafetensorsFlaw) -> [Int] {
    try expect("[")
    var numbers: [Int] = []
    if takes("]") { return numbers }
    repeat { numbers.append(try number()) } while takes(",")
    try expect("]")
    return numbers
  }

  /// Reads a text.
  mutating func string() throws(SafetensorsFlaw) -> String {
    try expect("\"")
    var text: [UInt8] = []
    while let byte = next() {
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else {
          throw flaw("a text that is not UTF-8")
        }
        return string
      case UInt8(ascii: "\\"): text += try escaped()
      case 0..<0x20: throw flaw("a control character in a text")
      default: text.append(byte)
      }
    }
    throw flaw("a text without an end")
  }

  /// Nothing but white space may follow.
  mutating func expectEnd() throws(SafetensorsFlaw) {
    skipSpace()
    guard position == bytes.count else { throw flaw("more than one object") }
  }

  private mutating func number() throws(SafetensorsFlaw) -> Int {
    skipSpace()
    let start = position
    var value = 0
    while position < bytes.count, 0x30...0x39 ~= bytes[position] {
      let (tens, isTooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, isTooLargeStill) = tens.addingReportingOverflow(Int(bytes[position] - 0x30))
      guard !isTooLarge, !isTooLargeStill else { throw flaw("a number beyond any file") }
      value = sum
      position += 1
    }
    guard position > start else { throw flaw("something else than a whole number") }
    return value
  }

  /// The bytes that stand for what follows a backslash.
  private mutating func escaped() throws(SafetensorsFlaw) -> [UInt8] {
    switch next() {
    case UInt8(ascii: "\""): return [UInt8(ascii: "\"")]
    case UInt8(ascii: "\\"): return [UInt8(ascii: "\\")]
    case UInt8(ascii: "/"): return [UInt8(ascii: "/")]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      // Characters beyond the first 65536 take two escapes.
      if 0xD800..<0xDC00 ~= code, next() == UInt8(ascii: "\\"), next() == UInt8(ascii: "u") {
        let low = try hexadecimal()
        guard 0xDC00..<0xE000 ~= low else { throw flaw("half a character") }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw flaw("half a character") }
      return Array(String(Character(scalar)).utf8)
    default: throw flaw("an unknown escape")
    }
  }

  private mutating func hexadecimal() throws(SafetensorsFlaw) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw flaw("an unknown escape")
      }
      code = code << 4 | UInt32(digit)
    }
    return code
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(SafetensorsFlaw) {
    guard takes(character) else {
      throw flaw(position < bytes.count ? "something else than \(character)" : "the end")
    }
  }

  private mutating func takes(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  private mutating func next() -> UInt8? {
    guard position < bytes.count else { return nil }
    defer { position += 1 }
    return bytes[position]
  }

  private func flaw(_ found: String) -> SafetensorsFlaw {
    SafetensorsFlaw("has \(found) at byte \(position) of the header")
  }
}
