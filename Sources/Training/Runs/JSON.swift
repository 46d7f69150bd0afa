internal import FoundationEssentials

extension JSONEncoder {
  /// JSON as all files here have it: one line, keys in alphabetical order and snake case.
  static func zoo() -> JSONEncoder {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }
}

extension JSONDecoder {
  /// Reads what ``JSONEncoder/zoo()`` wrote.
  static func zoo() -> JSONDecoder {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return decoder
  }
}

extension String {
  /// The text in pieces of at most that many bytes, cut between characters.
  func parts(ofByteCount limit: Int) -> [String] {
    var parts: [String] = []
    var part = ""
    var size = 0
    for scalar in unicodeScalars {
      let length = UTF8.width(scalar)
      if size + length > limit {
        parts.append(part)
        (part, size) = ("", 0)
      }
      part.unicodeScalars.append(scalar)
      size += length
    }
    return parts + [part]
  }
}
