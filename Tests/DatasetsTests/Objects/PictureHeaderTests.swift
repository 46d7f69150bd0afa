import Testing

@testable import Datasets

@Suite struct PictureHeaderTests {
  @Test("The header has the size of the decoded picture", arguments: [Fixture.jpegs, Fixture.pngs])
  private func sizes(_ fixtures: [Fixture]) throws {
    try withTemporaryFolder { folder in
      for fixture in fixtures {
        try write(fixture.file, to: "\(folder)/picture")
        let header = try PictureHeader(contentsOf: "\(folder)/picture")
        #expect(header.width == fixture.expected.width, "\(fixture.name)")
        #expect(header.height == fixture.expected.height, "\(fixture.name)")
      }
    }
  }

  @Test("A PNG file's orientation counts before and behind the pixels", arguments: [1, 3, 6, 8])
  func orientation(_ value: Int) throws {
    try withTemporaryFolder { folder in
      for isLast in [false, true] {
        let bytes = ObjectFixture.png(
          width: 5, height: 3, orientation: UInt8(value), isOrientationLast: isLast)
        try write(bytes, to: "\(folder)/a.png")
        let header = try PictureHeader(contentsOf: "\(folder)/a.png")
        let image = try Image(contentsOf: "\(folder)/a.png")
        #expect(header.isTurned == (value > 4))
        #expect([header.width, header.height] == [image.width, image.height])
        #expect(header.width == (value > 4 ? 3 : 5))
      }
    }
  }

  @Test("A header behind a large profile is found")
  func large() throws {
    let jpeg = try #require(Fixture.jpegs.first)
    // Segments of 60 000 bytes behind the start of the image.
    let segment: [UInt8] = [0xFF, 0xE5, 0xEA, 0x62] + [UInt8](repeating: 1, count: 60_000)
    try withTemporaryFolder { folder in
      for count in [1, 5] {
        let segments = (0..<count).flatMap { _ in segment }
        try write([0xFF, 0xD8] + segments + jpeg.file.dropFirst(2), to: "\(folder)/a.jpg")
        let header = try PictureHeader(contentsOf: "\(folder)/a.jpg")
        #expect([header.width, header.height] == [jpeg.expected.width, jpeg.expected.height])
      }
    }
  }

  @Test("What has no header is refused as decoding refuses it")
  func refusals() throws {
    try withTemporaryFolder { folder in
      let png = ObjectFixture.png(width: 5, height: 3)
      let huge =
        pngSignature
        + pngChunk("IHDR", bigEndian(100_000) + bigEndian(100_000) + [8, 2, 0, 0, 0])
      let short =
        pngSignature
        + pngChunk("IHDR", bigEndian(10_000) + bigEndian(10_000) + [8, 2, 0, 0, 0])
        + pngChunk("IDAT", [0]) + pngChunk("IEND", [])
      for (bytes, text) in [
        (Array("GIF89a".utf8), "found GIF"), ([], "found an empty file"),
        (Array(png.prefix(20)), "the PNG file is damaged or incomplete"),
        (huge + pngChunk("IDAT", []), "too many pixels"), (short, "cannot hold 10000×10000 pixels"),
        (Array(Fixture.jpegs[0].file.prefix(30)), "the JPEG file is damaged or incomplete"),
      ] {
        let path = "\(folder)/a"
        try write(bytes, to: path)
        let error = try #require(throws: ImageError.self) { try PictureHeader(contentsOf: path) }
        #expect(error.description.contains(text))
        #expect(error.description.hasPrefix(path))
      }
      #expect(throws: ImageError.self) { try PictureHeader(contentsOf: folder) }
    }
  }
}
