import Testing

@testable import Datasets

@Suite struct DecodingTests {
  @Test("a JPEG file decodes to the pixels that Pillow reads", arguments: Fixture.jpegs)
  func jpeg(_ fixture: Fixture) throws {
    #expect(try Image(decoding: fixture.file, name: fixture.name) == fixture.expected)
  }

  @Test("a PNG file decodes to the pixels that Pillow reads", arguments: Fixture.pngs)
  func png(_ fixture: Fixture) throws {
    #expect(try Image(decoding: fixture.file, name: fixture.name) == fixture.expected)
  }

  @Test("a file is read whatever its name says")
  func contentDecides() throws {
    try withTemporaryFolder { folder in
      let fixture = Fixture.named("420")
      let path = folder + "/wrong name.png"
      try write(fixture.file, to: path)
      #expect(try Image(contentsOf: path) == fixture.expected)
    }
  }

  @Test("a whole PNG of two pixels decodes to the colours it was written with")
  func literal() throws {
    // Stored, not compressed: one row of filter 0, red and a dark blue.
    let row: [UInt8] = [0, 255, 0, 0, 0, 0, 85]
    let adler: [UInt8] = [0x06, 0x56, 0x01, 0x55]
    let file =
      Array(pngSignature)
      + pngChunk("IHDR", bigEndian(2) + bigEndian(1) + [8, 2, 0, 0, 0])
      + pngChunk("IDAT", [0x78, 0x01, 0x01, 7, 0, 0xF8, 0xFF] + row + adler)
      + pngChunk("IEND", [])
    let image = try Image(decoding: file, name: "two")
    #expect(image.width == 2 && image.height == 1)
    #expect(image.pixels == [255, 0, 0, 0, 0, 85])
  }
}
