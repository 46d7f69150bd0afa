import HDF5
import Testing

@Suite struct ObjectTests {
  static let files = ["kinds.h5", "newer.h5"]

  @Test(
    "Groups and data sets are found by path, with or without a slash in front", arguments: files)
  func paths(file: String) throws {
    let file = try HDF5File(reading: fixture(file))
    #expect(try file.kind(of: "/") == .group)
    #expect(try file.kind(of: "") == .group)
    #expect(try file.kind(of: "types") == .group)
    #expect(try file.kind(of: "/types/f4") == .dataset)
    #expect(try file.exists("types/f4"))
    #expect(try !file.exists("types/f5"))
    #expect(try !file.exists("nowhere/f4"))
    // A data set has no members.
    #expect(try !file.exists("types/f4/kernel"))
    #expect(try file.children(of: "shapes") == ["empty", "none", "scalar", "unwritten"])
  }

  @Test("A soft link is followed, and one that leads nowhere is not there", arguments: files)
  func softLinks(file: String) throws {
    let file = try HDF5File(reading: fixture(file))
    #expect(try file.exists("alias"))
    #expect(try file.kind(of: "alias") == .dataset)
    #expect(try !file.exists("dangling"))
  }

  @Test("A link to another file is refused")
  func externalLinks() throws {
    let path = fixture("newer.h5")
    let file = try HDF5File(reading: path)
    #expect(
      failure { try file.read("/elsewhere") }
        == "\(path):/elsewhere: is a link to another file, which is not followed; "
        + "copy the object here")
  }

  @Test("What is asked for as another kind of object is refused")
  func otherKinds() throws {
    let path = fixture("kinds.h5")
    let file = try HDF5File(reading: path)
    #expect(failure { try file.read("/types") } == "\(path):/types: is not a data set")
    #expect(failure { try file.children(of: "/compact") } == "\(path):/compact: is not a group")
    #expect(failure { try file.read("/types/f5") } == "\(path):/types/f5: is not in the file")
  }
}
