internal import Files

/// What a file's header says of its tensors, not yet compared with the file.
struct SafetensorsHeader {
  struct Entry {
    let name: String
    var type = SafetensorsType(name: "")
    var shape: [Int] = []
    /// Where the numbers begin and end, counted from the end of the header.
    var begin = 0
    var end = 0
  }

  /// The longest header that the format allows, in bytes.
  static let maximumByteCount = 100_000_000

  private(set) var entries: [Entry] = []
  private(set) var metadata: [(name: String, text: String)] = []

  /// Reads a header.
  ///
  /// Only what the format defines is understood, so nothing is nested deeper than two objects and
  /// a list, and the memory taken is within a small multiple of the text.
  init(parsing json: [UInt8]) throws(SafetensorsFlaw) {
    guard json.first == UInt8(ascii: "{") else {
      throw SafetensorsFlaw("expected a JSON object, which begins with {")
    }
    var text = JSONText(bytes: json)
    var names: Set<String> = []
    try text.object { (key, text) throws(SafetensorsFlaw) in
      guard names.insert(key).inserted else {
        throw SafetensorsFlaw("has '\(key.shortened)' twice")
      }
      if key == "__metadata__" {
        try text.object { (name, text) throws(SafetensorsFlaw) in
          metadata.append((name, try text.string()))
        }
      } else {
        entries.append(try Self.entry(key, &text))
      }
    }
    try text.expectEnd()
  }

  private static func entry(
    _ name: String, _ text: inout JSONText
  ) throws(SafetensorsFlaw) -> Entry {
    var entry = Entry(name: name)
    var fields: Set<String> = []
    do throws(SafetensorsFlaw) {
      try text.object { (field, text) throws(SafetensorsFlaw) in
        guard fields.insert(field).inserted else {
          throw SafetensorsFlaw("has \(field.shortened) twice")
        }
        switch field {
        case "dtype": entry.type = SafetensorsType(name: try text.string())
        case "shape": entry.shape = try text.numbers()
        case "data_offsets":
          let offsets = try text.numbers()
          guard offsets.count == 2 else {
            throw SafetensorsFlaw("expected 2 data_offsets, found \(offsets.count)")
          }
          (entry.begin, entry.end) = (offsets[0], offsets[1])
        default:
          throw SafetensorsFlaw(
            "has '\(field.shortened)', which the format does not define")
        }
      }
      guard fields.count == 3 else {
        throw SafetensorsFlaw("expected dtype, shape and data_offsets")
      }
    } catch {
      throw SafetensorsFlaw(error.reason, tensor: error.tensor ?? name)
    }
    return entry
  }
}

/// What is wrong with a header, and of which tensor.
struct SafetensorsFlaw: Error {
  let reason: String
  let tensor: String?

  init(_ reason: String, tensor: String? = nil) { (self.reason, self.tensor) = (reason, tensor) }
}
