import Testing

@testable import Datasets

@Suite struct RandomCropTests {
  private func generator(_ index: Int) -> SeededGenerator {
    SeededGenerator(seed: 3, for: "test", index)
  }

  @Test("Parts lie within the picture and keep to area and ratio", arguments: [(64, 48), (31, 90)])
  func parts(width: Int, height: Int) {
    let crop = RandomCrop(side: 16, leastArea: 0.3, greatestRatio: 1.5)
    for index in 0..<300 {
      var numbers = generator(index)
      let part = crop.part(width: width, height: height, using: &numbers)
      #expect(part.x >= 0 && part.y >= 0)
      #expect(part.x + part.width <= width && part.y + part.height <= height)
      // Sides are rounded to whole pixels.
      let ratio = Double(part.width) / Double(part.height)
      #expect(1 / 1.6...1.6 ~= ratio)
      if part.x != (width - part.width) / 2 || part.y != (height - part.height) / 2 {
        #expect(Double(part.width * part.height) > 0.27 * Double(width * height))
      }
    }
  }

  @Test("Of a picture that is all length the middle is taken")
  func longPicture() {
    var numbers = generator(0)
    let part = RandomCrop(side: 8, leastArea: 0.9).part(width: 300, height: 3, using: &numbers)
    #expect(part == .init(x: 148, y: 0, width: 4, height: 3))
  }

  @Test("The same numbers give the same square, others another")
  func determinism() {
    let image = Image(
      width: 20, height: 30, pixels: (0..<1800).map { UInt8(truncatingIfNeeded: $0 &* 37) })
    let crop = RandomCrop(side: 12)
    var squares: Set<Image> = []
    for index in 0..<10 {
      var (first, second) = (generator(index), generator(index))
      let square = crop(image, using: &first)
      #expect(square.width == 12 && square.height == 12)
      #expect(crop(image, using: &second) == square)
      squares.insert(square)
    }
    #expect(squares.count == 10)
  }

  @Test("A mirror exchanges left and right")
  func mirror() {
    let image = Image(width: 2, height: 2, pixels: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    #expect(image.mirrored().pixels == [4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9])
    var numbers = generator(0)
    let whole = RandomCrop(side: 2, leastArea: 1, greatestRatio: 1, mirrorShare: 1)
    #expect(whole(image, using: &numbers) == image.mirrored())
  }
}
