import FoundationEssentials

@testable import Datasets

/// Files of a labelled data set in a temporary folder.
struct ObjectFixture {
  let folder: String

  /// Writes a text under a path from the folder.
  func write(_ text: String, to file: String) throws {
    try write(Array(text.utf8), to: file)
  }

  func write(_ bytes: [UInt8], to file: String) throws {
    let path = "\(folder)/\(file)"
    let parent = path.split(separator: "/").dropLast().joined(separator: "/")
    try FileManager.default.createDirectory(
      atPath: "/\(parent)", withIntermediateDirectories: true)
    try DatasetsTests.write(bytes, to: path)
  }

  /// Writes an image of 40×30 pixels with its annotation.
  func add(
    _ name: String, _ objects: [String], size: (Int, Int)? = (40, 30), ending: String = "png"
  ) throws {
    try write(ObjectFixture.png(width: 40, height: 30), to: "JPEGImages/\(name).\(ending)")
    try write(ObjectFixture.annotation(objects, size: size), to: "Annotations/\(name).xml")
  }

  func list(_ split: String, _ names: [String]) throws {
    try write(names.map { $0 + "\n" }.joined(), to: "ImageSets/Main/\(split).txt")
  }

  /// An annotation with a `filename` that is wrong, as many are.
  static func annotation(_ objects: [String], size: (Int, Int)? = (40, 30)) -> String {
    let size = size.map { "<size><width>\($0.0)</width><height>\($0.1)</height></size>" } ?? ""
    return "<annotation><filename>other.jpg</filename>\(size)\(objects.joined())</annotation>"
  }

  static func object(_ name: String, _ edges: [String], more: String = "") -> String {
    let box = zip(VOCAnnotation.edgeKeys, edges).map { "<\($0)>\($1)</\($0)>" }.joined()
    return "<object><name>\(name)</name>\(more)<bndbox>\(box)</bndbox></object>"
  }

  static func object(_ name: String, _ edges: Int..., more: String = "") -> String {
    object(name, edges.map { String($0) }, more: more)
  }

  /// A black picture, perhaps with EXIF's number of an orientation before or behind the pixels.
  static func png(
    width: Int, height: Int, orientation: UInt8? = nil, isOrientationLast: Bool = false
  ) -> [UInt8] {
    let rows = [UInt8](repeating: 0, count: height * (1 + 3 * width))
    precondition(rows.count < 65_536, "one block without compression")
    let count = UInt16(rows.count)
    let lengths = [count, ~count].flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    // Adler-32 of zeros: the first sum stays 1, the second counts them.
    let checksum = bigEndian(UInt32(rows.count % 65_521) << 16 | 1)
    let header = bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, 2, 0, 0, 0]
    let exif = orientation.map { value -> [UInt8] in
      let entry: [UInt8] = [0x12, 0x01, 3, 0, 1, 0, 0, 0, value, 0, 0, 0]
      return pngChunk("eXIf", [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0] + entry + [0, 0, 0, 0])
    }
    let pixels = pngChunk("IDAT", [0x78, 0x01, 0x01] + lengths + rows + checksum)
    return pngSignature + pngChunk("IHDR", header)
      + (isOrientationLast ? pixels + (exif ?? []) : (exif ?? []) + pixels) + pngChunk("IEND", [])
  }
}

/// Calls `body` with a new folder that is removed afterwards.
func withFixture(_ body: (ObjectFixture) throws -> Void) throws {
  try withTemporaryFolder { try body(ObjectFixture(folder: $0)) }
}

extension LabelledData {
  /// The issues with the folder's name left out.
  func issueTexts(in folder: String) -> [String] {
    issues.map { $0.description.replacing(folder, with: "DATA") }
  }
}

/// The line of the error that `body` throws, with the folder's name left out; empty if it does not.
func refusal(in folder: String, _ body: () throws(DatasetError) -> some Any) -> String {
  do throws(DatasetError) {
    _ = try body()
    return ""
  } catch {
    return error.description.replacing(folder, with: "DATA")
  }
}
