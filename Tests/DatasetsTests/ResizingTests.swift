import Testing

@testable import Datasets

@Suite struct ResizingTests {
  @Test("resizing equals Pillow's to the bit", arguments: Fixture.lines(of: "resize.txt"))
  func resize(line: Substring) {
    let fields = line.split(separator: " ")
    let sizes = fields.dropLast().map { Int($0)! }
    let image = Image.noise(width: sizes[0], height: sizes[1])
    let result = image.resized(width: sizes[2], height: sizes[3])
    #expect((result.width, result.height) == (sizes[2], sizes[3]))
    #expect(result.digest == fields[4])
  }

  @Test("the ImageNet square equals Pillow's to the bit", arguments: Fixture.lines(of: "crop.txt"))
  func imageNetCrop(line: Substring) {
    let fields = line.split(separator: " ")
    let sizes = fields.dropLast().map { Int($0)! }
    let result = Image.noise(width: sizes[0], height: sizes[1]).imageNetCrop(side: sizes[2])
    #expect((result.width, result.height) == (sizes[2], sizes[2]))
    #expect(result.digest == fields[3])
  }

  @Test("shrinking to half weighs four neighbours by their distance")
  func half() {
    // New pixel 0 is centred on 1, between old pixels 0 and 1, and reaches to -1 and 3: the
    // weights of old pixels 0, 1 and 2 are 3, 3 and 1 of 7; those of pixel 1 mirror them.
    let grey: [UInt8] = [0, 70, 140, 210]
    let image = Image(width: 4, height: 1, pixels: grey.flatMap { [$0, $0, $0] })
    #expect(image.resized(width: 2, height: 1).pixels == [50, 50, 50, 160, 160, 160])
    let tall = Image(width: 1, height: 4, pixels: grey.flatMap { [$0, $0, $0] })
    #expect(tall.resized(width: 1, height: 2).pixels == [50, 50, 50, 160, 160, 160])
  }

  @Test("enlarging to double weighs two neighbours by three to one")
  func double() {
    let image = Image(width: 2, height: 1, pixels: [0, 40, 255, 100, 80, 255])
    #expect(
      image.resized(width: 4, height: 1).pixels
        == [0, 40, 255, 25, 50, 255, 75, 70, 255, 100, 80, 255])
  }

  @Test("a square of the network's size is used as it is")
  func alreadySquare() {
    let image = Image.noise(width: 28, height: 28)
    #expect(image.imageNetCrop(side: 28) == image)
  }

  @Test("a picture a thousand times as long as wide takes no more memory than its square")
  func thin() {
    let image = Image(
      width: 1, height: 2_000_000, pixels: [UInt8](repeating: 77, count: 6_000_000))
    let square = image.imageNetCrop(side: 224)
    #expect(square.pixels == [UInt8](repeating: 77, count: 224 * 224 * 3))
  }

  @Test("a part of a resized picture is the part cut out of the whole")
  func part() {
    let image = Image.noise(width: 37, height: 23)
    let whole = image.resized(width: 20, height: 50)
    let part = image.resized(width: 20, height: 50, columns: 3..<17, rows: 11..<12)
    #expect(part == whole.cropped(x: 3, y: 11, width: 14, height: 1))
  }

  @Test("a cut-out holds the rows and columns it names")
  func crop() {
    let image = Image(width: 3, height: 3, pixels: (0..<27).map { UInt8($0) })
    #expect(
      image.cropped(x: 1, y: 1, width: 2, height: 2).pixels
        == [12, 13, 14, 15, 16, 17, 21, 22, 23, 24, 25, 26])
    #expect(image.cropped(x: 0, y: 0, width: 3, height: 3) == image)
  }

  @Test("the middle lies between equal margins, and halves go to the even side")
  func center() {
    let image = Image(width: 6, height: 1, pixels: (0..<18).map { UInt8($0) })
    #expect(image.centerCropped(width: 2, height: 1).pixels.first == 6)
    // 2.5 columns to either side become 2 on the left, 1.5 become 2, and 0.5 become 0.
    #expect(image.centerCropped(width: 1, height: 1).pixels.first == 6)
    #expect(image.centerCropped(width: 3, height: 1).pixels.first == 6)
    #expect(image.centerCropped(width: 5, height: 1).pixels.first == 0)
  }
}
