import HDF5
import Tensors
import Testing

/// HDF5 files that lie inside others.
@Suite struct PartTests {
  @Test(
    "A file inside another reads the same, wherever it begins",
    arguments: ["kinds.h5", "newer.h5"], [0, 1, 107, 4096, 12443])
  func parts(file: String, start: Int) throws {
    let content = try bytes(of: fixture(file))
    let whole = try HDF5File(reading: fixture(file))
    try withFile(Array(repeating: 0x50, count: start) + content + [1, 2, 3]) { path in
      let part = try HDF5File(reading: path, part: start..<(start + content.count))
      #expect(part.byteCount == content.count)
      #expect(try part.children(of: "/") == whole.children(of: "/"))
      for name in try whole.children(of: "/types") {
        let name = "/types/\(name)"
        #expect(try part.describe(name) == whole.describe(name))
        guard try whole.describe(name).elementType != nil else { continue }
        #expect(try part.read(name).floats == whole.read(name).floats, "\(name)")
      }
    }
  }

  @Test("Two files inside two others are not mistaken for one another")
  func two() throws {
    let (first, second) = (
      try bytes(of: fixture("kinds.h5")), try bytes(of: fixture("newer.h5"))
    )
    try withFile([0] + first) { path in
      try withFile([0] + second) { other in
        let one = try HDF5File(reading: path, part: 1..<(1 + first.count))
        let two = try HDF5File(reading: other, part: 1..<(1 + second.count))
        #expect(
          try one.children(of: "/") == HDF5File(reading: fixture("kinds.h5")).children(of: "/"))
        #expect(
          try two.children(of: "/") == HDF5File(reading: fixture("newer.h5")).children(of: "/"))
      }
    }
  }

  @Test("A part that reaches over the end is refused")
  func cut() throws {
    let content = try bytes(of: fixture("kinds.h5"))
    try withFile(content) { path in
      let error = failure { try HDF5File(reading: path, part: 10..<(content.count + 1)) }
      #expect(error?.contains("and what lies in it at byte") == true)
      #expect(failure { try HDF5File(reading: path, part: 8..<content.count) } != nil)
    }
  }

  @Test("Integers are read as floats where that is asked for")
  func integers() throws {
    try withTemporaryFolder { folder in
      let file = try HDF5File(reading: fixture("kinds.h5"))
      let integers = try file.children(of: "/types").filter {
        try file.describe("/types/\($0)").typeName.hasPrefix("int")
      }
      let name = try #require(integers.first)
      #expect(try file.readAsFloat32("/types/\(name)").elementType == .float32)
    }
  }
}
