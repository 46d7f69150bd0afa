import Importing
import Mutations
import Safetensors
import Tensors
import Testing

/// Headers that contradict themselves, the file or the format.
@Suite struct RefusalTests {
  @Test(
    "A header must describe the whole file, every byte once",
    arguments: [
      (entry("F32", "[2]", 0, 8), 9, "describes 8 bytes of numbers, and the file has 9"),
      (entry("F32", "[2]", 0, 8), 7, "describes 8 bytes of numbers, and the file has 7"),
      (entry("F32", "[2]", 4, 12), 12, "expected its numbers at byte 0"),
      (entry("F32", "[2]", 8, 0), 8, "expected its numbers at byte 0"),
      (entry("F32", "[3]", 0, 8), 8, "has 8 bytes for the shape [3] of float32"),
      (entry("F4", "[3]", 0, 1), 1, "has 1 bytes for the shape [3] of float4"),
      (entry("F32", "[4611686018427387904]", 0, 0), 0, "has 0 bytes for the shape"),
      (entry("F32", "[4294967296,4294967296]", 0, 0), 0, "which is beyond any file"),
      (
        "{\"a\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]},"
          + "\"b\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[2,6]}}", 6,
        "b: expected its numbers at byte 4"
      ),
    ])
  func extents(header: String, byteCount: Int, reason: String) throws {
    let message = try message(file(header, byteCount: byteCount))
    #expect(message.contains(reason), "\(message)")
    #expect(message.hasSuffix("the file is damaged, copy or download it again"))
  }

  @Test(
    "A header must be JSON of the format's own kind",
    arguments: [
      ("{", "the end"), ("{\"a\"}", "something else than :"), ("{} {}", "more than one object"),
      ("{\"a\":1}", "something else than {"), ("{\"a\":[[[[[[", "something else than {"),
      ("{\"a\":{}}", "expected dtype, shape and data_offsets"),
      ("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}", "has dtype twice"),
      ("{\"a\":{\"type\":\"F32\"}}", "has 'type', which the format does not define"),
      ("{\"a\":{\"shape\":[-1]}}", "something else than a whole number"),
      ("{\"a\":{\"shape\":[1.5]}}", "something else than ]"),
      ("{\"a\":{\"shape\":[99999999999999999999]}}", "a number beyond any file"),
      ("{\"a\":{\"data_offsets\":[1]}}", "expected 2 data_offsets, found 1"),
      ("{\"__metadata__\":{\"a\":1}}", "something else than \""),
      ("{\"a", "a text without an end"), ("{\"\\x\"", "an unknown escape"),
      ("{\"\\ud800\\u0041\"", "half a character"), ("{\"\\udc00\"", "half a character"),
      ("{\"\n\"", "a control character"),
      ("{\"__metadata__\":{},\"__metadata__\":{}}", "has '__metadata__' twice"),
    ])
  func grammar(header: String, reason: String) throws {
    let message = try message(file(header, byteCount: 0))
    #expect(message.contains(reason), "\(message)")
  }

  @Test("What is no such file, or is cut within the header, says so")
  func others() throws {
    #expect(try message([]).contains("a file without a safetensors header"))
    #expect(try message(Array("PK\u{3}\u{4}aaaaaaaaaaaa".utf8)).contains("without a safetensors"))
    // One byte longer than the format allows, and as long as it allows in a short file.
    #expect(
      try message(file("{}", byteCount: 0, statedLength: 100_000_001)).contains("without a"))
    #expect(
      try message(file("{}", byteCount: 0, statedLength: 100_000_000)).contains(
        "header: expected 100000000 bytes, and the file has 2 after its length"))
    #expect(
      failure { try SafetensorsFile("/nowhere/x") }
        == "/nowhere/x: there is no such file; check the path")
    #expect(failure { try SafetensorsFile("/dev/null") }?.contains("is a pipe or device") == true)
    #expect(
      failure { try SafetensorsFile("/") } == "/: is a folder, expected a file; name a file in it")
    #expect(!SafetensorsFile.recognises("/nowhere/x") && !SafetensorsFile.recognises("/"))
  }

  @Test("A type that is not known is described, as long as the numbers' places fit")
  func unknownType() throws {
    try withTemporaryFolder { folder in
      try write(file(entry("F99", "[3]", 0, 5), byteCount: 5), to: "\(folder)/x")
      let file = try SafetensorsFile("\(folder)/x")
      #expect(file.tensors.map(\.typeName) == ["F99"])
      #expect(file.tensors[0].elementType == nil)
    }
  }

  /// What opening a file of these bytes throws.
  private func message(_ bytes: [UInt8]) throws -> String {
    try withTemporaryFolder { folder in
      try write(bytes, to: "\(folder)/x.safetensors")
      let message = try #require(failure { try SafetensorsFile("\(folder)/x.safetensors") })
      #expect(message.hasPrefix("\(folder)/x.safetensors") && !message.contains("\n"))
      return message
    }
  }
}

/// A header of one tensor.
private func entry(_ type: String, _ shape: String, _ begin: Int, _ end: Int) -> String {
  "{\"a\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":[\(begin),\(end)]}}"
}
