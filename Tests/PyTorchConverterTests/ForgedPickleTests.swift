import Importing
import Mutations
import PyTorchConverter
import Tensors
import Testing

/// Pickles put together by hand to harm whoever reads them.
@Suite struct ForgedPickleTests {
  @Test("Values nested a hundred thousand deep, or in themselves, do no harm")
  func nesting() throws {
    let depth = 100_000
    let deep: [UInt8] = [0x5D] + [UInt8](repeating: 0x85, count: depth)
    #expect(try message(of: deep).contains("found a PyTorch file of a list"))
    // A list that is its own element, and a dictionary that is its own state_dict.
    #expect(
      try message(of: [0x5D, 0x71, 0, 0x68, 0, 0x61]).contains("found a PyTorch file of a list"))
    #expect(
      try message(of: [0x7D, 0x71, 0] + text("state_dict") + [0x68, 0, 0x73]).contains(
        "without a dictionary of tensors"))
  }

  @Test("One list used again and again does not fill the memory")
  func bombs() throws {
    // collections.OrderedDict of the same thousand pairs, ten thousand times.
    let pairs = [[UInt8]](repeating: text("a") + [0x4E, 0x86], count: 1000)
    let again = global("collections", "OrderedDict") + [0x68, 0, 0x85, 0x52]
    let times = [[UInt8]](repeating: again, count: 10_000)
    let list: [UInt8] = [0x5D, 0x71, 0, 0x28] + pairs.joined() + [0x65]
    let pickle = list + times.joined()
    #expect(try message(of: pickle).contains("more dictionaries than a model has"))
  }

  @Test("A pickle without an end is refused after as many instructions as any model has")
  func endless() throws {
    let pickle = [UInt8](repeating: UInt8(ascii: "N"), count: (1 << 21) + 1)
    #expect(try message(of: pickle).contains("more instructions than"))
  }

  @Test(
    "Lengths beyond the file and instructions without values are refused",
    arguments: [
      [0x58, 0xFF, 0xFF, 0xFF, 0x03],  // a text of 64 MB
      [0x8D, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],  // one beyond any number
      [0x8B, 0xFF, 0xFF, 0xFF, 0xFF],  // an integer of 4 GB
      [0x61], [0x73], [0x75], [0x52], [0x62], [0x51], [0x85], [0x87], [0x74], [0x93],
      [0x68, 7], [0x6A, 0, 0, 0, 7], [0x28, 0x71, 0], [0x4E, 0x28, 0x61], [0x80, 9], [0x80, 0],
      [0x30], [0x32], [0x81], [0x82, 1], [0xFF], [0x63, 0x6F, 0x73],
    ] as [[UInt8]])
  func malformed(pickle: [UInt8]) throws {
    let message = try message(of: pickle)
    #expect(message.contains("the pickle") || message.contains("a pickle"), "\(message)")
  }

  @Test(
    "A tensor must lie within its storage",
    arguments: [
      (offset: 0, shape: [5], strides: [1], reason: "a tensor of 5 numbers in a storage of 4"),
      (3, [2], [1], "reaches to number 4 of a storage of 4"),
      (0, [1 << 40], [0], "numbers in a storage of 4"), (0, [2, 2], [1 << 40, 1], "reaches to"),
      (-1, [1], [1], "impossible shape"), (0, [-1], [1], "impossible shape"),
      (0, [2], [-1], "impossible shape"), (0, [2, 2], [1], "impossible shape"),
      (0, [1 << 62, 1 << 62], [1, 1], "impossible shape"),
      (0, [2, 2], [Int.max, Int.max], "strides"),
    ])
  func tensors(offset: Int, shape: [Int], strides: [Int], reason: String) throws {
    let pickle = dictionary(of: tensor(offset: offset, shape: shape, strides: strides, count: 4))
    let message = try message(of: pickle, storage: [UInt8](repeating: 0, count: 16))
    #expect(message.contains(reason), "\(message)")
  }

  @Test("A storage must have the bytes that the pickle says")
  func storages() throws {
    for (count, byteCount) in [(4, 15), (4, 17), (1 << 40, 16), (1 << 62, 16), (3, 16)] {
      let pickle = dictionary(of: tensor(offset: 0, shape: [1], strides: [1], count: count))
      let message = try message(of: pickle, storage: [UInt8](repeating: 0, count: byteCount))
      #expect(
        message.contains("its storage 0 has \(byteCount) bytes")
          || message.contains("impossible shape"), "\(message)")
    }
    let whole = dictionary(of: tensor(offset: 1, shape: [2], strides: [2], count: 4))
    try withTemporaryFolder { folder in
      let path = "\(folder)/whole.pth"
      try write(
        archive([("x/data.pkl", whole + [0x2E]), ("x/data/0", [UInt8](0..<16))]), to: path)
      let file = try PyTorchFile(path)
      #expect(file.tensors.map(\.storedShape) == [[2]])
      #expect(try file.read(file.tensors[0]).floats[0].bitPattern == 0x0706_0504)
    }
  }

  // MARK: Making pickles

  /// What opening an archive of a pickle throws.
  private func message(of pickle: [UInt8], storage: [UInt8] = []) throws -> String {
    try withTemporaryFolder { folder in
      let path = "\(folder)/forged.pth"
      try write(archive([("x/data.pkl", pickle + [0x2E]), ("x/data/0", storage)]), to: path)
      return try #require(failure { try PyTorchFile(path) })
    }
  }

  private func text(_ text: String) -> [UInt8] { [0x8C, UInt8(text.utf8.count)] + text.utf8 }

  private func global(_ module: String, _ name: String) -> [UInt8] {
    Array("c\(module)\n\(name)\n".utf8)
  }

  private func integer(_ value: Int) -> [UInt8] {
    [0x8A, 8] + (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private func tuple(_ values: [Int]) -> [UInt8] { [0x28] + values.flatMap(integer) + [0x74] }

  /// A float32 tensor in the storage 0.
  private func tensor(offset: Int, shape: [Int], strides: [Int], count: Int) -> [UInt8] {
    let storage =
      [0x28] + text("storage") + global("torch", "FloatStorage") + text("0") + text("cpu")
      + integer(count) + [0x74, 0x51]
    return global("torch._utils", "_rebuild_tensor_v2") + [0x28] + storage + integer(offset)
      + tuple(shape) + tuple(strides) + [0x89, 0x7D, 0x74, 0x52]
  }

  private func dictionary(of value: [UInt8]) -> [UInt8] {
    [0x80, 2, 0x7D] + text("a.weight") + value + [0x73]
  }
}

/// A ZIP archive of members that are stored as they are.
func archive(_ members: [(name: String, content: [UInt8])]) -> [UInt8] {
  func little(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
  var (bytes, directory): ([UInt8], [UInt8]) = ([], [])
  for (name, content) in members {
    // Version, flags, method, time, date, checksum, sizes, lengths.
    let common =
      little(20, 2) + little(0, 12) + little(content.count, 4) + little(content.count, 4)
      + little(name.utf8.count, 2) + little(0, 2)
    directory += [0x50, 0x4B, 1, 2] + little(20, 2) + common + little(0, 10)
    directory += little(bytes.count, 4) + name.utf8
    bytes += [0x50, 0x4B, 3, 4] + common + name.utf8 + content
  }
  return bytes + directory + [0x50, 0x4B, 5, 6] + little(0, 4) + little(members.count, 2)
    + little(members.count, 2) + little(directory.count, 4) + little(bytes.count, 4) + little(0, 2)
}
