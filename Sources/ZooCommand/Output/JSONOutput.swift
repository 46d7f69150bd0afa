internal import Files
import FoundationEssentials

/// Prints a value as one JSON document.
func printJSON(_ value: some Encodable) throws {
  print(try json(value))
}

/// A value as JSON, keys in alphabetical order so that two runs print the same.
func json(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}

/// Writes a value as one JSON document, the whole file or nothing.
func writeJSON(_ value: some Encodable, to path: String) throws {
  try ReplacedFile.write("\(try json(value))\n", to: path)
}
