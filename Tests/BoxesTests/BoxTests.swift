import Boxes
import Testing

@Suite struct BoxTests {
  private let box = Box(x1: 1, y1: 2, x2: 5, y2: 8)

  @Test("Extents and area are those between the edges")
  func extents() {
    #expect((box.width, box.height, box.area) == (4, 6, 24))
    #expect((box.centerX, box.centerY) == (3, 5))
    #expect(Box(x1: 5, y1: 2, x2: 1, y2: 8).area == 0)
  }

  @Test("Intersection over union of boxes that share a third, an edge, nothing")
  func overlap() {
    // 4×6 and 4×6, two columns apart: they share 2×6 of 36.
    #expect(box.intersectionOverUnion(with: Box(x1: 3, y1: 2, x2: 7, y2: 8)) == 12.0 / 36)
    #expect(box.intersectionOverUnion(with: box) == 1)
    #expect(box.intersectionOverUnion(with: Box(x1: 5, y1: 2, x2: 9, y2: 8)) == 0)
    let point = Box(x1: 3, y1: 3, x2: 3, y2: 3)
    #expect(point.intersectionOverUnion(with: point) == 0)
  }

  @Test("Boxes follow their image")
  func transforms() {
    #expect(box.mirrored(width: 10) == Box(x1: 5, y1: 2, x2: 9, y2: 8))
    #expect(box.scaled(x: 2, y: 0.5) == Box(x1: 2, y1: 1, x2: 10, y2: 4))
    #expect(box.clipped(width: 4, height: 4) == Box(x1: 1, y1: 2, x2: 4, y2: 4))
  }

  @Test("A box without an area or with an endless edge is not proper")
  func proper() {
    #expect(box.isProper)
    #expect(!Box(x1: 1, y1: 2, x2: 1, y2: 8).isProper)
    #expect(!Box(x1: 5, y1: 2, x2: 1, y2: 8).isProper)
    #expect(!Box(x1: 1, y1: 2, x2: .infinity, y2: 8).isProper)
    #expect(!Box(x1: .nan, y1: 2, x2: 3, y2: 8).isProper)
  }
}
