import Glibc
import Testing

@testable import Datasets

@Suite struct RefusalTests {
  @Test(
    "a file of another kind is refused by what it is",
    arguments: [
      ("", "an empty file"),
      ("GIF89a\u{1}\0\u{1}\0", "GIF"),
      ("BM\u{36}\0\0\0", "BMP"),
      ("RIFF\u{24}\0\0\0WEBPVP8 ", "WebP"),
      ("\0\0\0\u{18}ftypheic\0\0\0\0", "HEIC"),
      ("\0\0\0\u{20}ftypavif\0\0\0\0", "AVIF"),
      ("\0\0\0\u{20}ftypisom\0\0\0\0", "a film (MP4)"),
      ("II*\0\u{8}\0\0\0", "TIFF"),
      ("MM\0*\0\0\0\u{8}", "TIFF"),
      ("%PDF-1.7", "PDF"),
      ("<svg xmlns=\"\"/>\n", "text"),
      ("\u{1}\u{2}\u{3}\u{4}\u{5}", "data that starts with the bytes 01 02 03 04"),
    ])
  func otherKinds(content: String, found: String) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/picture.jpg"
      try write(Array(content.utf8), to: path)
      let error = try #require(throws: ImageError.self) { try Image(contentsOf: path) }
      #expect(error == .unsupported(path: path, found: found))
      #expect(error.description.hasPrefix(path + ": "))
      #expect(error.description.contains("JPEG or PNG"))
    }
  }

  @Test("a folder, a missing file, a pipe and a device are refused by the system's reason")
  func notFiles() throws {
    try withTemporaryFolder { folder in
      mkfifo(folder + "/pipe", 0o600)
      for (path, reason) in [
        (folder, "a folder, not a file"),
        (folder + "/missing", "no such file or directory"),
        (folder + "/pipe", "a pipe or device, not a file"),
        ("/dev/zero", "a pipe or device, not a file"),
        ("", "not a name of a file"),
      ] {
        #expect(throws: ImageError.unreadable(path: path, reason: reason)) {
          try Image(contentsOf: path)
        }
      }
    }
  }

  @Test(
    "a JPEG file that is cut off anywhere is refused",
    arguments: ["420", "progressive", "grey", "CMYK", "restart markers"])
  func cutJPEG(name: String) {
    let file = Fixture.named(name).file
    for count in 3..<file.count {
      #expect(throws: ImageError.self) {
        try Image(decoding: Array(file.prefix(count)), name: "cut")
      }
    }
  }

  @Test(
    "a PNG file that is cut off anywhere is refused",
    arguments: ["RGB 8", "RGBA 16 interlaced", "palette 2"])
  func cutPNG(name: String) {
    let file = Fixture.named(name).file
    for count in 8..<file.count {
      #expect(throws: ImageError.self) {
        try Image(decoding: Array(file.prefix(count)), name: "cut")
      }
    }
  }

  @Test("damage is reported with the decoder's own reason")
  func reasons() throws {
    let jpeg = Fixture.named("420").file
    #expect(
      throws: ImageError.corrupt(
        path: "a.jpg", format: "JPEG", reason: "Premature end of JPEG file")
    ) {
      try Image(decoding: jpeg.dropLast(2), name: "a.jpg")
    }
    var png = Fixture.named("RGB 8").file
    png[try #require(png.firstIndex(of: "noise".utf8))] ^= 1
    #expect(throws: ImageError.corrupt(path: "a.png", format: "PNG", reason: "tEXt: CRC error")) {
      try Image(decoding: png, name: "a.png")
    }
    #expect(
      throws: ImageError.corrupt(
        path: "b.png", format: "PNG", reason: "the file ends too early")
    ) {
      try Image(decoding: Fixture.named("RGB 8").file.dropLast(4), name: "b.png")
    }
  }

  @Test("bytes missing from the middle of a JPEG file's pixels are an error, not grey pixels")
  func gap() throws {
    var file = Fixture.named("fixed Huffman tables").file
    file.removeSubrange((file.count - 60)..<(file.count - 2))
    #expect(throws: ImageError.self) { try Image(decoding: file, name: "gap") }
  }

  @Test("arithmetic coding is refused by name")
  func arithmetic() throws {
    var file = Fixture.named("420").file
    file[try #require(file.firstIndex(of: [0xFF, 0xC0])) + 1] = 0xC9
    let error = try #require(throws: ImageError.self) { try Image(decoding: file, name: "a") }
    #expect(error.description.contains("arithmetic coding"))
  }

  /// A JPEG file that claims another size.
  private static func jpeg(width: UInt16, height: UInt16) throws -> [UInt8] {
    var file = Fixture.named("420").file
    let frame = try #require(file.firstIndex(of: [0xFF, 0xC0]))
    file.replaceSubrange(
      (frame + 5)..<(frame + 9),
      with: [height, width].flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] })
    return file
  }

  private static func png(width: UInt32, height: UInt32) -> [UInt8] {
    let file = Fixture.named("RGB 8").file
    return file[..<8]
      + pngChunk("IHDR", bigEndian(width) + bigEndian(height) + [8, 2, 0, 0, 0]) + file[33...]
  }

  @Test("a picture of too many pixels is refused by its size")
  func tooLarge() throws {
    #expect(throws: ImageError.tooLarge(path: "a", width: 65_000, height: 64_000)) {
      try Image(decoding: Self.jpeg(width: 65_000, height: 64_000), name: "a")
    }
    for (width, height) in [(100_000, 100_000), (178_956_971, 1), (0x7FFF_FFFF, 0x7FFF_FFFF)] {
      #expect(throws: ImageError.tooLarge(path: "a", width: width, height: height)) {
        try Image(
          decoding: Self.png(width: UInt32(width), height: UInt32(height)), name: "a")
      }
    }
  }

  @Test("a short file that claims a large picture is refused before memory is taken")
  func tooShort() throws {
    for file in [
      try Self.jpeg(width: 13_000, height: 13_000), Self.png(width: 13_000, height: 13_000),
    ] {
      let error = try #require(throws: ImageError.self) { try Image(decoding: file, name: "a") }
      #expect(error.description.contains("bytes cannot hold 13000×13000 pixels"))
    }
  }

  @Test("a picture without pixels is refused")
  func empty() {
    #expect(throws: ImageError.self) {
      try Image(decoding: Self.jpeg(width: 0, height: 5), name: "a")
    }
    #expect(throws: ImageError.self) {
      try Image(decoding: Self.png(width: 5, height: 0), name: "a")
    }
  }
}
