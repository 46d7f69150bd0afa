import Boxes
import Datasets
import Testing

@testable import Drawing

@Suite struct ObjectDrawingTests {
  private let ground = Canvas(width: 120, height: 80, color: Color(90, 90, 90)).image

  private func pixel(_ image: Image, _ x: Int, _ y: Int) -> Color {
    let start = (y * image.width + x) * 3
    return Color(image.pixels[start], image.pixels[start + 1], image.pixels[start + 2])
  }

  @Test("A box has a line of its class's colour around its edges, and a tag of it above")
  func box() {
    let image = ground.drawing(
      [DetectedObject(box: Box(x1: 20, y1: 30, x2: 90, y2: 70), label: 1, score: 0.5)],
      classes: ["cat", "dog"])
    for y in [40, 60] {
      #expect(pixel(image, 19, y) == Palette.color(1) && pixel(image, 20, y) == Palette.color(1))
      #expect(pixel(image, 90, y) == Palette.color(1) && pixel(image, 89, y) == Palette.color(1))
    }
    #expect(pixel(image, 50, 50) == Color(90, 90, 90))
    // The tag's padding, left of the text.
    #expect(pixel(image, 20, 20) == Palette.color(1))
    // "dog 0.50" in white on blue, 8 letters of 8 pixels.
    var tag = Canvas(width: 64, height: 13, color: Palette.color(1))
    tag.draw("dog 0.50", x: 0, y: 0, size: .small, color: .white)
    let part = image.cropped(x: 22, y: 16, width: 64, height: 13)
    #expect(part == tag.image)
  }

  @Test("The higher score lies on top, whatever the order")
  func order() {
    let box = Box(x1: 20, y1: 30, x2: 90, y2: 70)
    let objects = [
      DetectedObject(box: box, label: 0, score: 0.9),
      DetectedObject(box: box, label: 1, score: 0.3),
    ]
    let (one, other) = (
      ground.drawing(objects, classes: ["a", "b"]),
      ground.drawing(objects.reversed(), classes: ["a", "b"])
    )
    #expect(one == other)
    #expect(pixel(one, 20, 50) == Palette.color(0))
  }

  @Test("Difficult objects are dashed")
  func dashed() {
    let box = Box(x1: 10, y1: 20, x2: 110, y2: 76)
    func line(_ isDifficult: Bool) -> Set<Color> {
      let object = AnnotatedObject(label: 2, box: box, isDifficult: isDifficult)
      let image = ground.drawing([object], classes: ["a", "b", "c"])
      return Set((24..<74).map { pixel(image, 10, $0) })
    }
    #expect(line(false) == [Palette.color(2)])
    #expect(line(true).isSuperset(of: [Palette.color(2), Color(90, 90, 90)]))
  }

  @Test("Boxes without a place leave the picture as it is, and a strange label is written")
  func strange() {
    let boxes = [
      Box(x1: 5, y1: 5, x2: 5, y2: 9), Box(x1: 9, y1: 9, x2: 1, y2: 1),
      Box(x1: .nan, y1: 0, x2: 9, y2: 9), Box(x1: 0, y1: 0, x2: .infinity, y2: 9),
      Box(x1: 200, y1: 0, x2: 300, y2: 9),
    ]
    #expect(
      ground.drawing(
        boxes.map { DetectedObject(box: $0, label: 0, score: 1) }, classes: ["a"]) == ground)
    let label = [DetectedObject(box: Box(x1: 9, y1: 30, x2: 99, y2: 60), label: -3, score: .nan)]
    #expect(ground.drawing(label, classes: []) != ground)
  }

  @Test("Pictures of any size can be drawn on", arguments: [(1, 1), (2, 300), (300, 2), (20, 20)])
  func sizes(width: Int, height: Int) {
    let image = Canvas(width: width, height: height).image
    let box = Box(x1: -1e9, y1: -5, x2: 1e9, y2: 5000)
    let objects = (0..<5).map { DetectedObject(box: box, label: $0, score: 0.5) }
    let drawn = image.drawing(objects, classes: ["a name that is longer than the picture"])
    #expect((drawn.width, drawn.height) == (width, height))
    #expect(drawn != image)
  }

  @Test(
    "A long name is shortened and its score kept",
    arguments: [
      (200, "aeroplane 0.97"), (112, "aeroplane 0.97"), (104, "aeropla… 0.97"), (56, "a… 0.97"),
      (48, "0.97"), (32, "0.97"), (24, "0.…"), (0, ""),
    ])
  func tagText(width: Int, expected: String) {
    let label = ObjectLabel(
      box: Box(x1: 0, y1: 0, x2: 1, y2: 1), color: .black, name: "aeroplane", suffix: " 0.97",
      isDashed: false)
    #expect(label.text(size: .small, width: width) == expected)
  }

  @Test(
    "Scores have two decimals",
    arguments: [
      (0.974, "0.97"), (0.996, "1.00"), (0, "0.00"), (1, "1.00"), (0.05, "0.05"), (.nan, "?"),
      (-1, "0.00"),
    ] as [(Float, String)])
  func decimals(score: Float, text: String) { #expect(hundredths(score) == text) }
}
