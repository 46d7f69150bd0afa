import Boxes
import Datasets
import Testing

@testable import Drawing

@Suite struct TagPlacementTests {
  @Test("A tag stands above its box where there is room")
  func above() {
    var placement = TagPlacement(width: 200, height: 100, lineWidth: 2)
    let box = Box(x1: 50, y1: 40, x2: 120, y2: 90)
    let tag = placement.place(width: 60, height: 14, at: box, others: [box])
    #expect(tag == Box(x1: 50, y1: 26, x2: 110, y2: 40))
  }

  @Test("A tag stands inside of a large box at the upper border")
  func inside() {
    var placement = TagPlacement(width: 200, height: 100, lineWidth: 2)
    let box = Box(x1: 50, y1: 3, x2: 120, y2: 90)
    let tag = placement.place(width: 60, height: 14, at: box, others: [box])
    #expect(tag == Box(x1: 52, y1: 5, x2: 112, y2: 19))
  }

  @Test("Two boxes in the same place have tags in different ones")
  func apart() {
    var placement = TagPlacement(width: 200, height: 100, lineWidth: 2)
    let box = Box(x1: 50, y1: 40, x2: 120, y2: 90)
    let tags = (0..<4).map { _ in
      placement.place(width: 60, height: 14, at: box, others: [box, box])
    }
    for (index, tag) in tags.enumerated() {
      for other in tags[..<index] { #expect(tag.intersection(with: other) == 0) }
    }
  }

  @Test("No tag reaches outside of the picture", arguments: 0..<20)
  func withinPicture(seed: Int) {
    var generator = SeededGenerator(seed: 3, for: "tags", seed)
    let (width, height) = (40 + generator.index(below: 300), 20 + generator.index(below: 300))
    func edge(_ limit: Int) -> Float { Float(generator.index(below: limit + 1)) }
    let boxes = (0..<30).map { _ -> Box in
      let (x1, x2, y1, y2) = (edge(width), edge(width), edge(height), edge(height))
      return Box(x1: min(x1, x2), y1: min(y1, y2), x2: max(x1, x2), y2: max(y1, y2))
    }.filter(\.isProper)
    var placement = TagPlacement(width: width, height: height, lineWidth: 2)
    for box in boxes {
      let tagWidth = 1 + generator.index(below: width)
      let tagHeight = 1 + generator.index(below: height)
      let tag = placement.place(
        width: tagWidth, height: tagHeight, at: box, others: boxes)
      #expect(tag.width == Float(tagWidth) && tag.height == Float(tagHeight))
      #expect(tag.x1 >= 0 && tag.y1 >= 0 && tag.x2 <= Float(width) && tag.y2 <= Float(height))
    }
  }
}
