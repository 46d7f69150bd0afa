import HDF5
import Tensors
import Testing

@Suite struct DatasetTests {
  static let files = ["kinds.h5", "newer.h5"]

  @Test(
    "Floats of every size and byte order are read in their own type", arguments: files,
    [
      ("f2", ElementType.float16, "float16"), ("f4", .float32, "float32"),
      ("f8", .float64, "float64"), (">f2", .float16, "big-endian float16"),
      (">f4", .float32, "big-endian float32"), (">f8", .float64, "big-endian float64"),
      ("bfloat16", .bfloat16, "bfloat16"),
    ])
  func floats(file: String, kind: (name: String, type: ElementType, words: String)) throws {
    let file = try HDF5File(reading: fixture(file))
    let description = try file.describe("/types/\(kind.name)")
    #expect(description.shape == [3, 4])
    #expect(description.elementType == kind.type)
    #expect(description.typeName == kind.words)
    #expect(description.storedByteCount == 12 * kind.type.byteCount)
    let tensor = try file.read("/types/\(kind.name)")
    #expect(tensor.shape == [3, 4])
    #expect(tensor.elementType == kind.type)
    #expect(tensor.floats == (0..<12).map { Float($0 - 3) })
  }

  @Test(
    "Other types are described, and refused by name when read", arguments: files,
    [
      ("i8", "int64"), ("i1", "int8"), (">u2", "big-endian uint16"), ("text", "text"),
      ("complex", "compound of 8 bytes"), ("unusual float", "32-bit float of an unusual layout"),
    ])
  func otherTypes(file: String, kind: (name: String, words: String)) throws {
    let path = fixture(file)
    let file = try HDF5File(reading: path)
    let description = try file.describe("/types/\(kind.name)")
    #expect(description.elementType == nil)
    #expect(description.typeName == kind.words)
    #expect(
      failure { try file.read("/types/\(kind.name)") }
        == "\(path):/types/\(kind.name): expected float16, bfloat16, float32 or float64, "
        + "found \(kind.words)")
  }

  @Test("A single number and no numbers are shapes too", arguments: files)
  func shapes(file: String) throws {
    let file = try HDF5File(reading: fixture(file))
    #expect(try file.read("/shapes/scalar").shape == [])
    #expect(try file.read("/shapes/scalar").floats == [2.5])
    #expect(try file.read("/alias").floats == [2.5])
    #expect(try file.read("/shapes/empty").shape == [0, 3])
  }

  @Test("A data set without a shape, or without numbers, is refused", arguments: files)
  func absentNumbers(file: String) throws {
    let path = fixture(file)
    let file = try HDF5File(reading: path)
    #expect(
      failure { try file.read("/shapes/none") }
        == "\(path):/shapes/none: has no shape (a null data space)")
    #expect(failure { try file.read("/shapes/unwritten") }?.contains("was never written") == true)
    #expect(
      failure { try file.read("/packed/sparse") }
        == "\(path):/packed/sparse: lacks the block at [2]; the file is damaged")
  }

  @Test(
    "Blocks and filters are undone", arguments: files,
    [
      ("plain", []), ("gzip", ["gzip"]), ("all", ["shuffle", "gzip", "fletcher32"]),
      ("big-endian", ["gzip"]),
    ])
  func filters(file: String, packing: (name: String, filters: [String])) throws {
    let file = try HDF5File(reading: fixture(file))
    let chunk = packing.name == "big-endian" ? [5, 7] : [2, 3]
    #expect(
      try file.describe("/packed/\(packing.name)").storage
        == .chunked(shape: chunk, filters: packing.filters))
    #expect(try file.read("/packed/\(packing.name)").floats == (0..<35).map { Float($0) })
    #expect(try file.read("/compact").floats == [1, 2])
    #expect(try file.describe("/compact").storage == .compact)
  }

  @Test("A tree of blocks of several levels is walked", arguments: files)
  func manyBlocks(file: String) throws {
    let file = try HDF5File(reading: fixture(file))
    #expect(try file.read("/packed/many").floats == (0..<150).map { Float($0) })
  }

  @Test("A filter that libhdf5 lacks is named", arguments: files)
  func missingFilter(file: String) throws {
    let path = fixture(file)
    let file = try HDF5File(reading: path)
    #expect(try file.describe("/packed/lzf").shape == [64])
    #expect(
      failure { try file.read("/packed/lzf") }
        == "\(path):/packed/lzf: is packed by the filter LZF, expected gzip, shuffle or "
        + "fletcher32; rewrite the file without: h5repack -f NONE IN OUT")
  }
}
