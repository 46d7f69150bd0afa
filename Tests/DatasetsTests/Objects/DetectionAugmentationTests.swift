import Boxes
import Testing

@testable import Datasets

@Suite struct DetectionAugmentationTests {
  @Test("The shorter side is as asked for unless the longer one would exceed its bound")
  func sizing() {
    let sizing = ImageSizing()
    for (width, height, expected) in [
      (640, 480, [800, 600]), (480, 640, [600, 800]), (600, 600, [600, 600]),
      // 1000 / 1600 of 400 is 250.
      (1600, 400, [1000, 250]), (400, 1600, [250, 1000]),
      // 600 / 7 times 10 is 857.1.
      (10, 7, [857, 600]), (500, 333, [901, 600]),
      (1, 1, [600, 600]), (1, 10_000, [1, 1000]), (100_000, 3, [1000, 1]),
      (178_956_970, 1, [1000, 1]),
    ] {
      let size = sizing.size(width: width, height: height)
      #expect([size.width, size.height] == expected, "\(width)×\(height)")
    }
    let tiny = ImageSizing(shorterSide: 1, longerSide: 1).size(width: 640, height: 480)
    #expect([tiny.width, tiny.height] == [1, 1])
    let square = ImageSizing(shorterSide: 800, longerSide: 300).size(width: 640, height: 480)
    #expect([square.width, square.height] == [300, 225])
  }

  private static let objects = [
    AnnotatedObject(
      label: 2, box: Box(x1: 1, y1: 1, x2: 4, y2: 3), isDifficult: true, isCrowd: true,
      outlineArea: 5, isTruncated: true)
  ]

  @Test("Boxes are scaled by the ratios that come out, in x and y")
  func scaling() {
    // 10 / 7 is rounded to 857 / 600: 85.7 and 85.714….
    let settings = DetectionAugmentation(mirrorShare: 0)
    var generator = SeededGenerator(seed: 1, for: "test")
    let image = Image.noise(width: 10, height: 7)
    let example = settings(
      image, objects: Self.objects, sizing: ImageSizing(), using: &generator)
    #expect(example.image == image.resized(width: 857, height: 600))
    let object = example.objects[0]
    #expect(object.box.x1 == Float(857.0 / 10) && object.box.x2 == 4 * Float(857.0 / 10))
    #expect(object.box.y1 == Float(600.0 / 7) && object.box.y2 == 3 * Float(600.0 / 7))
    #expect(object.label == 2 && object.isDifficult && object.isCrowd && object.isTruncated)
    #expect(abs((object.outlineArea ?? 0) - 5 * 85.7 * 85.714_286) < 0.01)
  }

  @Test("A box to the border stays within the image at every size")
  func borders() {
    for width in 1...40 {
      let size = ImageSizing(shorterSide: 13, longerSide: 29).size(width: width, height: 7)
      let whole = AnnotatedObject(
        label: 0, box: Box(x1: 0, y1: 0, x2: Float(width), y2: 7))
      let example = AugmentedExample(
        image: .noise(width: width, height: 7), objects: [whole]
      ).resized(width: size.width, height: size.height)
      let box = example.objects[0].box
      #expect(box.x2 <= Float(size.width) && box.y2 <= Float(size.height))
      #expect(box.x2 > Float(size.width) - 0.001 && box.y2 > Float(size.height) - 0.001)
    }
  }

  @Test("Mirroring moves the boxes with the pixels under them")
  func mirroring() {
    // One white pixel at (1, 2) of 5×4.
    var pixels = [UInt8](repeating: 0, count: 60)
    for channel in 0..<3 { pixels[(2 * 5 + 1) * 3 + channel] = 255 }
    let image = Image(width: 5, height: 4, pixels: pixels)
    let object = AnnotatedObject(label: 0, box: Box(x1: 1, y1: 2, x2: 2, y2: 3))
    let settings = DetectionAugmentation(mirrorShare: 1)
    var generator = SeededGenerator(seed: 1, for: "test")
    let example = settings(
      image, objects: [object], sizing: ImageSizing(shorterSide: 4, longerSide: 5),
      using: &generator)
    #expect(example.objects[0].box == Box(x1: 3, y1: 2, x2: 4, y2: 3))
    #expect(example.image.pixels.firstIndex(of: 255) == (2 * 5 + 3) * 3)
    #expect(example.mirrored() == AugmentedExample(image: image, objects: [object]))
  }

  @Test("About the asked share is mirrored, sizes stay in the range and reach its ends")
  func draws() {
    let settings = DetectionAugmentation(mirrorShare: 0.25, scaleJitter: 0.5...2)
    var mirrored = 0
    var scales: [Double] = []
    for index in 0..<4000 {
      var generator = SeededGenerator(seed: 3, for: "augmentation", 1, index)
      let variation = Variation(drawnFor: settings, using: &generator)
      mirrored += variation.isMirrored ? 1 : 0
      scales.append(variation.scale)
      #expect(variation.brightness == 1 && variation.contrast == 1 && variation.saturation == 1)
    }
    #expect(abs(mirrored - 1000) < 100)
    #expect(scales.allSatisfy { 0.5...2 ~= $0 })
    #expect(scales.contains { $0 < 0.51 } && scales.contains { $0 > 1.95 })
    // Evenly on a scale of logarithms: as many shrink as grow.
    #expect(abs(scales.count { $0 < 1 } - 2000) < 130)
  }

  @Test("A drawn scale changes both bounds; what is off leaves the other draws as they were")
  func independence() {
    let image = Image.noise(width: 12, height: 9)
    let sizing = ImageSizing(shorterSide: 30, longerSide: 50)
    let plain = DetectionAugmentation()
    let jitter = DetectionAugmentation(scaleJitter: 0.5...2, colorJitter: 0.5)
    var sides: Set<Int> = []
    for index in 0..<50 {
      var (first, second) = (
        SeededGenerator(seed: 9, for: "a", index), SeededGenerator(seed: 9, for: "a", index)
      )
      let (a, b) = (
        plain(image, objects: Self.objects, sizing: sizing, using: &first),
        jitter(image, objects: Self.objects, sizing: sizing, using: &second)
      )
      #expect(first.next() == second.next())
      #expect([a.image.width, a.image.height] == [40, 30])
      sides.insert(b.image.height)
      let isMirrored = { (example: AugmentedExample) in
        example.objects[0].box.centerX > Float(example.image.width) / 2
      }
      #expect(isMirrored(a) == isMirrored(b))
    }
    #expect(sides.count > 10 && sides.allSatisfy { 15...60 ~= $0 })
  }

  @Test("The same generator gives the same example, another one another")
  func determinism() {
    let settings = DetectionAugmentation(scaleJitter: 0.8...1.25, colorJitter: 0.3)
    let image = Image.noise(width: 12, height: 9)
    let examples = [(1, 1), (1, 1), (2, 1), (1, 2)].map { epoch, index in
      var generator = SeededGenerator(seed: 5, for: "augmentation", epoch, index)
      return settings(
        image, objects: Self.objects, sizing: ImageSizing(shorterSide: 20, longerSide: 40),
        using: &generator)
    }
    #expect(examples[0] == examples[1])
    #expect(examples[0] != examples[2] && examples[0] != examples[3])
  }

  @Test("Extreme shapes keep at least a pixel a side")
  func extremes() {
    let settings = DetectionAugmentation(
      mirrorShare: 1, scaleJitter: 0.01...0.5, colorJitter: 1)
    for (width, height) in [(1, 1), (1, 300), (300, 1), (2, 999)] {
      var generator = SeededGenerator(seed: 2, for: "test", width)
      let box = Box(x1: 0, y1: 0, x2: Float(width), y2: Float(height))
      let example = settings(
        .noise(width: width, height: height), objects: [AnnotatedObject(label: 0, box: box)],
        sizing: ImageSizing(shorterSide: 8, longerSide: 16), using: &generator)
      #expect(example.image.width >= 1 && example.image.height >= 1)
      #expect(example.objects[0].box.isProper)
    }
  }

  @Test("Brightness, contrast and saturation change levels as by hand")
  func adjusting() {
    // Greys 100 and 200: their mean is 150.
    let grey = Image(width: 2, height: 1, pixels: [100, 100, 100, 200, 200, 200])
    #expect(grey.adjusted(brightness: 1.2).pixels == [120, 120, 120, 240, 240, 240])
    #expect(grey.adjusted(brightness: 2).pixels == [200, 200, 200, 255, 255, 255])
    #expect(grey.adjusted(contrast: 0.5).pixels == [125, 125, 125, 175, 175, 175])
    #expect(grey.adjusted(contrast: 3).pixels == [0, 0, 0, 255, 255, 255])
    #expect(grey.adjusted(contrast: 0).pixels == [UInt8](repeating: 150, count: 6))
    #expect(grey.adjusted(saturation: 0.3) == grey)
    // Halved first: 50 and 100 with the mean 75, then half as far from it.
    #expect(
      grey.adjusted(brightness: 0.5, contrast: 0.5).pixels == [63, 63, 63, 88, 88, 88])
    // Grey of (200, 100, 0) is 59.8 + 58.7 = 118.5.
    let color = Image(width: 1, height: 1, pixels: [200, 100, 0])
    #expect(color.adjusted(saturation: 0).pixels == [119, 119, 119])
    #expect(color.adjusted(saturation: 0.5).pixels == [159, 109, 59])
    #expect(color.adjusted(saturation: 1.5).pixels == [241, 91, 0])
    #expect(color.adjusted() == color)
  }
}
