internal import FoundationEssentials

/// JSON that this program wrote, perhaps another version of it.
struct KeptJSON {
  let text: String
  /// The file that has it.
  let path: String
  /// Whose facts these are, for errors: `detector` or `run`.
  let owner: String

  /// Reads a value.
  ///
  /// - Throws: ``TrainingError/run(path:reason:)`` that names what is missing or makes no sense.
  func value<Value: Decodable>() throws(TrainingError) -> Value {
    do {
      return try JSONDecoder.zoo().decode(Value.self, from: Data(text.utf8))
    } catch DecodingError.keyNotFound(let key, let context) {
      throw refusal(
        "lacks the \(owner)'s '\(Self.name(context.codingPath + [key]))'; it is damaged, or an "
          + "earlier version of this program wrote it: use that one")
    } catch DecodingError.typeMismatch(_, let context) {
      throw senseless(at: context.codingPath)
    } catch DecodingError.valueNotFound(_, let context) {
      throw senseless(at: context.codingPath)
    } catch DecodingError.dataCorrupted(let context) {
      throw senseless(at: context.codingPath)
    } catch {
      throw senseless
    }
  }

  /// Reads a value of which every setting counts.
  ///
  /// - Throws: ``TrainingError/run(path:reason:)`` that names what is missing, makes no sense, or is
  ///   not known here: without it, the value would be another than the one that was written.
  func settings<Value: Codable>() throws(TrainingError) -> Value {
    let value: Value = try value()
    do {
      let known = try JSONDecoder().decode(JSONNames.self, from: JSONEncoder.zoo().encode(value))
      let found = try JSONDecoder().decode(JSONNames.self, from: Data(text.utf8))
      let unknown = found.names.subtracting(known.names).sorted()
      if unknown.isEmpty { return value }
      let list = unknown.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
      throw refusal(
        "has the \(owner)'s \(list), unknown here; a later version of this program wrote it: "
          + "use that one")
    } catch let error as TrainingError {
      throw error
    } catch {
      throw senseless
    }
  }

  private func senseless(at path: [any CodingKey]) -> TrainingError {
    let name = Self.name(path)
    if name.isEmpty { return senseless }
    return refusal(
      "the \(owner)'s '\(name)' cannot be understood; it is damaged, or a later version of this "
        + "program wrote it: use that one")
  }

  private var senseless: TrainingError {
    refusal(
      "cannot be understood where it describes the \(owner); restore it, or start another run")
  }

  private func refusal(_ reason: String) -> TrainingError { .run(path: path, reason: reason) }

  /// A place in the text, as settings are called on the command line.
  private static func name(_ path: [any CodingKey]) -> String {
    path.filter { $0.intValue == nil }.map(\.stringValue.kebabCase).joined(separator: ".")
  }
}

/// The names of everything in a JSON text that has a value, those within others after a dot.
private struct JSONNames: Decodable {
  private(set) var names: Set<String> = []

  init(from decoder: any Decoder) throws {
    // Most are lists of classes.
    if (try? decoder.singleValueContainer().decode(String.self)) != nil { return }
    if let object = try? decoder.container(keyedBy: Key.self) {
      for key in object.allKeys where try !object.decodeNil(forKey: key) {
        let name = String(key.stringValue.map { $0 == "_" ? "-" : $0 })
        names.insert(name)
        names.formUnion(try object.decode(Self.self, forKey: key).names.map { "\(name).\($0)" })
      }
    } else if var list = try? decoder.unkeyedContainer() {
      while !list.isAtEnd {
        if try !list.decodeNil() { names.formUnion(try list.decode(Self.self).names) }
      }
    }
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
