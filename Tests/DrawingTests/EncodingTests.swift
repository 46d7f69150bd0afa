import Datasets
import Foundation
import Testing

@Suite struct EncodingTests {
  /// A picture of random numbers: nothing compresses it by chance.
  static func noise(_ width: Int, _ height: Int) -> Image {
    var generator = SeededGenerator(seed: 7, for: "noise", width, height)
    return Image(
      width: width, height: height,
      pixels: (0..<(width * height * 3)).map { _ in UInt8(generator.index(below: 256)) })
  }

  @Test("A PNG file comes back as it was", arguments: [(1, 1), (3, 5), (17, 9), (256, 70)])
  func portableNetworkGraphics(width: Int, height: Int) throws {
    let image = Self.noise(width, height)
    #expect(try Image(decoding: image.png(), name: "noise") == image)
  }

  @Test("A JPEG file of the best quality is near to what it was", arguments: [(1, 1), (31, 18)])
  func jpeg(width: Int, height: Int) throws {
    let pixels = (0..<(width * height)).flatMap { index -> [UInt8] in
      [UInt8(40 + index % width * 4), UInt8(60 + index / width * 6), 128]
    }
    let image = Image(width: width, height: height, pixels: pixels)
    let decoded = try Image(decoding: image.jpeg(quality: 100), name: "smooth")
    #expect((decoded.width, decoded.height) == (width, height))
    let differences = zip(image.pixels, decoded.pixels).map { abs(Int($0) - Int($1)) }
    #expect(differences.allSatisfy { $0 <= 3 })
  }

  @Test("A lower quality makes a smaller file")
  func quality() throws {
    let image = Self.noise(64, 64)
    let sizes = try [10, 50, 92, 100].map { try image.jpeg(quality: $0).count }
    #expect(sizes == sizes.sorted() && Set(sizes).count == 4)
  }

  @Test("A red line one pixel wide keeps its colour in a JPEG file of the usual quality")
  func colourOfLines() throws {
    var pixels = [UInt8](repeating: 128, count: 32 * 32 * 3)
    for y in 0..<32 {
      pixels.replaceSubrange((y * 32 + 13) * 3..<(y * 32 + 14) * 3, with: [230, 20, 20])
    }
    let image = Image(width: 32, height: 32, pixels: pixels)
    let start = (16 * 32 + 13) * 3
    let sharp = try Image(decoding: image.jpeg(), name: "line").pixels[start..<start + 3]
    #expect(sharp.first.map { $0 > 205 } == true && sharp.last.map { $0 < 60 } == true)
  }

  @Test("The name's ending says in which format a file is written")
  func endings() throws {
    try withTemporaryFolder { folder in
      for (name, signature) in [
        ("a.png", [0x89, 0x50]), ("b.PNG", [0x89, 0x50]), ("c.jpg", [0xFF, 0xD8]),
        ("d.JPEG", [0xFF, 0xD8]),
      ] as [(String, [UInt8])] {
        try Self.noise(4, 3).write(to: "\(folder)/\(name)")
        let bytes = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
        #expect(Array(bytes.prefix(2)) == signature)
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(names == ["a.png", "b.PNG", "c.jpg", "d.JPEG"])
    }
  }

  @Test("A file of the same name is replaced, and one of a long name can be written")
  func replacing() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/\(String(repeating: "n", count: 251)).png"
      try Self.noise(4, 4).write(to: path)
      try Self.noise(5, 5).write(to: path)
      #expect(try Image(contentsOf: path) == Self.noise(5, 5))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 1)
    }
  }

  @Test(
    "Another ending is refused before anything is written", arguments: ["a.gif", "a", "png", ""])
  func otherEndings(name: String) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/\(name)"
      #expect(throws: ImageError.unknownEnding(path: path)) { try Self.noise(2, 2).write(to: path) }
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(names.isEmpty)
    }
  }

  @Test("Places where no file can be written are named with the reason")
  func unwritable() throws {
    try withTemporaryFolder { folder in
      func reason(_ path: String) -> String {
        do throws(ImageError) { try Self.noise(2, 2).write(to: path) } catch {
          guard case .unwritable(path, let reason) = error else { return "\(error)" }
          return reason
        }
        return "written"
      }
      try Self.noise(2, 2).write(to: "\(folder)/file.png")
      try FileManager.default.createDirectory(
        atPath: "\(folder)/folder.png", withIntermediateDirectories: false)
      #expect(reason("\(folder)/missing/a.png") == "no such file or directory")
      #expect(reason("\(folder)/file.png/a.png") == "not a directory")
      #expect(reason("\(folder)/folder.png") == "a folder stands in its place")
      #expect(reason("\(folder)/\(String(repeating: "n", count: 252)).png") == "file name too long")
      #expect(reason("") == "not a name of a file")
      #expect(reason("a\0b.png") == "not a name of a file")
      // Nothing of the attempts is left.
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(names == ["file.png", "folder.png"])
    }
  }

  @Test("A link to a device is not turned into a file")
  func device() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/null.png"
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/null")
      let reason = "a pipe or device stands in its place"
      #expect(throws: ImageError.unwritable(path: path, reason: reason)) {
        try Self.noise(2, 2).write(to: path)
      }
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == "/dev/null")
    }
  }

  @Test("A side that JPEG cannot hold is an error of one line")
  func tooLong() {
    let image = Image(width: 65501, height: 1, pixels: Array(repeating: 9, count: 65501 * 3))
    #expect {
      _ = try image.jpeg()
    } throws: { error in
      "\(error)"
        == "a picture of 65501×1 pixels: cannot be written as JPEG: a side of more than 65500 "
        + "pixels; make it smaller or choose another format"
    }
    #expect(throws: Never.self) { try image.png() }
  }
}
