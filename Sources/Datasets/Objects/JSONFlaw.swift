/// What is wrong with data that a JSON parser has refused without saying where.
enum JSONFlaw {
  /// Finds the first word that is none of JSON's, a text or bracket that does not end, or else
  /// gives up.
  ///
  /// `NaN` and `Infinity` are the usual ones: Python writes them.
  static func describe(_ json: [UInt8]) -> String {
    var (line, index, depth) = (1, 0, 0)
    while index < json.count {
      let byte = json[index]
      switch byte {
      case UInt8(ascii: "\n"): line += 1
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: "\""):
        let start = line
        guard let end = endOfText(json, from: index, line: &line) else {
          return "no valid JSON: a text that starts in line \(start) and does not end"
        }
        index = end
      case _ where isLetter(byte):
        let word = json[index...].prefix(while: isLetter)
        let isPartOfNumber = index > 0 && isDigit(json[index - 1])
        if !isPartOfNumber, !words.contains(String(decoding: word, as: UTF8.self)) {
          let shown = String(decoding: word.prefix(20), as: UTF8.self)
          return "no valid JSON: '\(shown)' in line \(line)"
        }
        index += word.count - 1
      default: break
      }
      index += 1
    }
    if depth > 0 { return "no valid JSON: it breaks off in line \(line)" }
    return json.isEmpty ? "no data" : "no valid JSON"
  }

  private static let words: Set<String> = ["true", "false", "null"]

  /// Where the closing quotation mark stands.
  private static func endOfText(_ json: [UInt8], from start: Int, line: inout Int) -> Int? {
    var index = start + 1
    while index < json.count {
      switch json[index] {
      case UInt8(ascii: "\""): return index
      case UInt8(ascii: "\\"): index += 1
      case UInt8(ascii: "\n"): line += 1
      default: break
      }
      index += 1
    }
    return nil
  }

  private static func isLetter(_ byte: UInt8) -> Bool { 0x61...0x7A ~= byte | 0x20 }

  private static func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }
}
