import Files
import FoundationEssentials
import Glibc
import Testing

@testable import Tensors

@Suite struct NumPyFileTests {
  /// A file as `numpy.save` writes it: `numpy.lib.format` pads to 64 bytes.
  private static func file(
    _ dictionary: String, version: UInt8 = 1, _ data: [UInt8] = []
  ) -> [UInt8] {
    let start = version == 1 ? 10 : 12
    var text = Array(dictionary.utf8)
    while (start + text.count + 1) % 64 != 0 { text.append(0x20) }
    text.append(0x0A)
    let length = (0..<(start - 8)).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
    return [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, version, 0] + length + text + data
  }

  private static func header(
    _ type: String, _ shape: String, isFortranOrder: Bool = false
  ) -> String {
    let order = isFortranOrder ? "True" : "False"
    return "{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }"
  }

  private static func bytes<Number: BitwiseCopyable>(_ numbers: [Number]) -> [UInt8] {
    numbers.withUnsafeBytes(Array.init)
  }

  private static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    var template = Array("/tmp/TensorsTests-XXXXXX".utf8CString)
    let folder = String(cString: mkdtemp(&template))
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
  }

  private static func read(_ content: [UInt8]) throws -> Tensor {
    try withFolder { folder in
      try Data(content).write(to: URL(filePath: folder + "/a.npy"))
      return try NumPyFile.read(folder + "/a.npy")
    }
  }

  /// The error that reading ends with, without the folder's name.
  private static func failure(_ content: [UInt8]) throws -> String {
    let error = try #require(throws: NumPyError.self) { try read(content) }
    return String(error.description.drop { $0 != "a" }.trimmingPrefix { $0 != ":" })
  }

  @Test("a matrix of float32 is read", arguments: [1, 2, 3] as [UInt8])
  func versions(version: UInt8) throws {
    let numbers: [Float] = [1, -2, 0.5, .infinity, .leastNonzeroMagnitude, 6]
    let tensor = try Self.read(
      Self.file(Self.header("<f4", "(2, 3)"), version: version, Self.bytes(numbers)))
    #expect(tensor.shape == [2, 3])
    #expect(tensor.elementType == .float32)
    #expect(tensor.floats == numbers)
  }

  @Test("float16 and float64 keep their type")
  func otherTypes() throws {
    let half = try Self.read(
      Self.file(Self.header("<f2", "(2,)"), Self.bytes([0x3C00, 0xC100] as [UInt16])))
    #expect(half.elementType == .float16)
    #expect(half.floats == [1, -2.5])
    let double = try Self.read(Self.file(Self.header("<f8", "()"), Self.bytes([0.1])))
    #expect(double.elementType == .float64)
    #expect(double.shape == [])
    #expect(double.withUnsafeBytes { $0.load(as: Double.self) } == 0.1)
  }

  @Test("numbers in the other byte order are turned")
  func bigEndian() throws {
    let single = Self.bytes([Float(1.5), -3].map(\.bitPattern.bigEndian))
    #expect(try Self.read(Self.file(Self.header(">f4", "(2,)"), single)).floats == [1.5, -3])
    let half = Self.bytes([UInt16(0x3C00).bigEndian])
    #expect(try Self.read(Self.file(Self.header(">f2", "(1,)"), half)).floats == [1])
    let double = Self.bytes([Double(7).bitPattern.bigEndian])
    #expect(try Self.read(Self.file(Self.header(">f8", "(1,)"), double)).floats == [7])
    let own = Self.bytes([Float(2)])
    #expect(try Self.read(Self.file(Self.header("=f4", "(1,)"), own)).floats == [2])
    #expect(try Self.read(Self.file(Self.header("f4", "(1,)"), own)).floats == [2])
  }

  @Test("an array in Fortran order is brought into row-major order")
  func fortranOrder() throws {
    // The number at [i, j, k] is 100 i + 10 j + k; the first index varies fastest.
    var stored: [Float] = []
    var expected: [Float] = []
    for k in 0..<4 {
      for j in 0..<3 { for i in 0..<2 { stored.append(Float(100 * i + 10 * j + k)) } }
    }
    for i in 0..<2 {
      for j in 0..<3 { for k in 0..<4 { expected.append(Float(100 * i + 10 * j + k)) } }
    }
    let tensor = try Self.read(
      Self.file(Self.header("<f4", "(2, 3, 4)", isFortranOrder: true), Self.bytes(stored)))
    #expect(tensor.shape == [2, 3, 4])
    #expect(tensor.floats == expected)
    let doubles = try Self.read(
      Self.file(
        Self.header(">f8", "(2, 2)", isFortranOrder: true),
        Self.bytes([1, 3, 2, 4].map { Double($0).bitPattern.bigEndian })))
    #expect(doubles.floats == [1, 2, 3, 4])
    let vector = try Self.read(
      Self.file(
        Self.header("<f4", "(3,)", isFortranOrder: true), Self.bytes(stored.prefix(3).map { $0 })))
    #expect(vector.floats == [0, 100, 10])
  }

  @Test("arrays without numbers are read, however long their other axes")
  func empty() throws {
    for (shape, isFortranOrder) in [
      ("(0,)", false), ("(3, 0, 2)", true), ("(0, 1152921504606846976)", true),
    ] {
      let tensor = try Self.read(
        Self.file(Self.header("<f4", shape, isFortranOrder: isFortranOrder)))
      #expect(tensor.count == 0)
    }
  }

  @Test(
    "a dictionary is read in any order and spacing",
    arguments: [
      "{\"shape\":(1,2),\"fortran_order\":False,\"descr\":\"<f4\"}",
      "  { 'fortran_order' : False ,\n'shape' : ( 1L , 2L , ) , 'descr' : '<f4' , } ",
    ])
  func spellings(dictionary: String) throws {
    let tensor = try Self.read(Self.file(dictionary, Self.bytes([Float(1), 2])))
    #expect(tensor.shape == [1, 2])
  }

  @Test(
    "a type that is not read is refused by its name",
    arguments: ["<i8", "|u1", "|b1", "<c8", "<U4", "|O", "|V2", "<f16", "|f4", ""])
  func unsupportedTypes(type: String) throws {
    let text = try Self.failure(Self.file(Self.header(type, "(1,)"), [0, 0, 0, 0]))
    #expect(text.contains("found \(type);"))
    #expect(text.contains("array.astype('float32')"))
  }

  @Test("an array of records is refused by its fields")
  func records() throws {
    let dictionary =
      "{'descr': [('a', '<f4'), ('b', '<i4', (2,))], 'fortran_order': False, 'shape': (1,), }"
    let text = try Self.failure(Self.file(dictionary, [0, 0, 0, 0]))
    #expect(text.contains("found fields [('a', '<f4'), ('b', '<i4', (2,))];"))
  }

  @Test(
    "a damaged header is refused with what was expected",
    arguments: [
      ("{}", "expected a header with descr, fortran_order and shape, found only some of them"),
      ("", "expected '{' in the header, found its end"),
      ("{'descr': '<f4', 'fortran_order': 0, 'shape': ()}", "expected True or False"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", "expected an extent"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (3)}", "expected ','"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (1.5,)}", "expected ','"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': [3]}", "expected '('"),
      (
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
        "expected an extent"
      ),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': ()} x", "expected the end"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (), 'more': 1}", "found 'more'"),
      ("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False}", "found 'descr'"),
      ("{'descr': '<f4", "expected a string"),
      ("{'descr': [[[", "expected a type"),
      ("{'descr': {'x': 1}, 'fortran_order': False, 'shape': ()}", "expected a string"),
      ("{'descr' '<f4'}", "expected ':'"),
    ])
  func damagedHeaders(dictionary: String, reason: String) throws {
    let text = try Self.failure(Self.file(dictionary))
    #expect(text.contains(reason))
    #expect(!text.contains("\n"))
  }

  @Test("a file of another length than its shape says is refused with both lengths")
  func wrongLength() throws {
    let header = Self.header("<f4", "(2, 2)")
    for count in [0, 15, 17, 32] {
      let text = try Self.failure(Self.file(header, [UInt8](repeating: 0, count: count)))
      #expect(text.contains("expected 16 bytes of numbers for the shape [2, 2], found \(count)"))
    }
  }

  @Test(
    "a shape beyond the file's length takes no memory",
    arguments: [
      "(4611686018427387904, 4611686018427387904)", "(9223372036854775807,)",
      "(1000000, 1000000)", "(4611686018427387904, 2, 0, 2)",
    ])
  func hugeShapes(shape: String) throws {
    _ = try Self.failure(Self.file(Self.header("<f4", shape)))
  }

  @Test("other content, other versions and long headers are refused")
  func otherContent() throws {
    #expect(try Self.failure([]).contains("found an empty file"))
    #expect(try Self.failure(Array("hello, this is text".utf8)).contains("found other content"))
    #expect(try Self.failure(Array("PK\u{3}\u{4} and more".utf8)).contains("(.npz)"))
    let version = Self.file(Self.header("<f4", "()"), version: 4, [0, 0, 0, 0])
    #expect(try Self.failure(version).contains("found 4.0"))
    var long = Self.file(Self.header("<f4", "()"), version: 2, [0, 0, 0, 0])
    long.replaceSubrange(8..<12, with: [0xFF, 0xFF, 0xFF, 0xFF])
    #expect(try Self.failure(long).contains("at most 10000 bytes, found 4294967295"))
  }

  @Test("a file cut off anywhere is refused")
  func cut() throws {
    let whole = Self.file(Self.header("<f4", "(2,)"), Self.bytes([Float(1), 2]))
    for count in whole.indices { _ = try Self.failure(Array(whole.prefix(count))) }
  }

  @Test("a folder, a missing file, a pipe and a device are refused with the reason")
  func notFiles() throws {
    try Self.withFolder { folder in
      mkfifo(folder + "/pipe", 0o600)
      for (path, reason) in [
        (folder, "is a folder"), (folder + "/missing", "there is no such file"),
        (folder + "/pipe", "is a pipe or device"), ("/dev/zero", "is a pipe or device"),
        ("", "is not a name of a file"),
      ] {
        let error = #expect(throws: FileError.self) { try NumPyFile.read(path) }
        #expect(error?.path == path && error?.reason.hasPrefix(reason) == true)
      }
    }
  }

  @Test("what is written are the bytes that numpy.save writes")
  func writing() throws {
    try Self.withFolder { folder in
      let path = folder + "/a.npy"
      for (shape, tuple) in [([2, 1], "(2, 1)"), ([2], "(2,)")] {
        try NumPyFile.write(Tensor(shape: shape, values: [1.5, -2]), to: path)
        let expected = Self.file(Self.header("<f4", tuple), Self.bytes([Float(1.5), -2]))
        #expect(try Array(Data(contentsOf: URL(filePath: path))) == expected)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.npy"])
    }
  }

  @Test("a tensor is read back as it was written", arguments: ElementType.allCases)
  func roundTrip(type: ElementType) throws {
    try Self.withFolder { folder in
      let path = folder + "/a.npy"
      for shape in [[], [0], [5], [2, 0, 3], [2, 3, 4]] {
        let values = (0..<shape.reduce(1, *)).map { Float($0) - 2.5 }
        try NumPyFile.write(Tensor(shape: shape, values: values).converted(to: type), to: path)
        let tensor = try NumPyFile.read(path)
        #expect(tensor.shape == shape)
        #expect(tensor.elementType == (type == .bfloat16 ? .float32 : type))
        #expect(tensor.floats == values)
      }
    }
  }

  @Test("a file that cannot be written is refused, and nothing is left or lost")
  func unwritable() throws {
    let tensor = Tensor(shape: [1], values: [1])
    try Self.withFolder { folder in
      for (path, reason) in [
        (folder, "is a folder"), (folder + "/missing/a.npy", "there is no folder"),
        ("/dev/null", "is a pipe or device"), ("", "is not a name of a file"),
      ] {
        let error = #expect(throws: FileError.self) { try NumPyFile.write(tensor, to: path) }
        #expect(error?.path == path && error?.reason.hasPrefix(reason) == true)
      }
      let deep = Tensor(zeros: [Int](repeating: 1, count: 65))
      #expect(throws: FileError.self) { try NumPyFile.write(deep, to: folder + "/deep.npy") }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left.isEmpty)
    }
  }

  @Test("a link is followed, not replaced")
  func link() throws {
    try Self.withFolder { folder in
      try NumPyFile.write(Tensor(shape: [1], values: [1]), to: folder + "/a.npy")
      symlink("a.npy", folder + "/link.npy")
      try NumPyFile.write(Tensor(shape: [1], values: [2]), to: folder + "/link.npy")
      #expect(try NumPyFile.read(folder + "/a.npy").floats == [2])
    }
  }

  @Test("random damage is refused or read, and never ends the program")
  func mutations() throws {
    let whole = Self.file(
      Self.header("<f4", "(2, 3)", isFortranOrder: true),
      Self.bytes([Float](repeating: 1, count: 6)))
    // Linear congruential, so that a failure comes back.
    var state: UInt64 = 1
    func random(below limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    try Self.withFolder { folder in
      let path = folder + "/a.npy"
      for _ in 0..<500 {
        var content = whole
        for _ in 0...random(below: 3) {
          // Where the header says something, not in its padding.
          let place = random(below: min(75, content.count))
          switch random(below: 4) {
          case 0: content[place] = UInt8(random(below: 256))
          case 1: content.remove(at: place)
          case 2: content.insert(content[random(below: content.count)], at: place)
          default: content[place] = Array("0123456789(),'\"L[]{}<>".utf8)[random(below: 22)]
          }
        }
        try Data(content).write(to: URL(filePath: path))
        do {
          let tensor = try NumPyFile.read(path)
          #expect(tensor.byteCount <= content.count)
        } catch {
          #expect("\(error)".hasPrefix(path))
        }
      }
    }
  }
}
