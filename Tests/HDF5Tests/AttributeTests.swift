import HDF5
import Testing

@Suite struct AttributeTests {
  static let files = ["kinds.h5", "newer.h5"]

  @Test(
    "Strings of every length, padding and character set are read",
    arguments: files,
    [
      ("variable scalar", ["tensorflow"]),
      ("variable list", ["conv1", "größe", ""]),
      ("variable ascii", ["a", "bc"]),
      ("null terminated", ["ab", "c"]),
      ("null padded", ["abcd", "e"]),
      ("space padded", ["ab", "c d"]),
      ("fixed utf8", ["größe"]),
      ("fixed scalar", ["2.1.6"]),
      ("empty floats", []),
      ("empty strings", []),
    ])
  func strings(file: String, expected: (name: String, texts: [String])) throws {
    let file = try HDF5File(reading: fixture(file))
    #expect(try file.strings(expected.name, of: "/") == expected.texts)
  }

  @Test("Numbers are read", arguments: files)
  func numbers(file: String) throws {
    let file = try HDF5File(reading: fixture(file))
    #expect(try file.integers("integer", of: "/") == [-7])
    #expect(try file.integers("small integers", of: "/") == [1, 255])
    #expect(try file.numbers("integer", of: "/") == [-7])
    #expect(try file.numbers("big-endian floats", of: "/") == [0.5, -2])
    #expect(try file.numbers("empty floats", of: "/") == [])
  }

  @Test("An attribute of another type is refused, by name")
  func otherTypes() throws {
    let path = fixture("kinds.h5")
    let file = try HDF5File(reading: path)
    #expect(
      failure { try file.strings("integer", of: "/") }
        == "\(path):/@integer: is not text; the file is damaged or of another layout")
    #expect(
      failure { try file.integers("big-endian floats", of: "/") }
        == "\(path):/@big-endian floats: is not an integer")
    #expect(
      failure { try file.numbers("variable scalar", of: "/") }
        == "\(path):/@variable scalar: is not a number")
  }

  @Test("A missing attribute is told from one that is there")
  func missing() throws {
    let path = fixture("kinds.h5")
    let file = try HDF5File(reading: path)
    #expect(try file.hasAttribute("integer", of: "/"))
    #expect(try !file.hasAttribute("Integer", of: "/"))
    #expect(try file.attributes(of: "/types") == [])
    #expect(try file.attributes(of: "/").prefix(2) == ["big-endian floats", "empty floats"])
    #expect(
      failure { try file.strings("Integer", of: "/") }?.hasPrefix("\(path):/@Integer: ") == true)
    #expect(
      failure { try file.hasAttribute("integer", of: "/nowhere") }
        == "\(path):/nowhere: is not in the file")
  }
}
