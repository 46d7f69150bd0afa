import Boxes
import Datasets
import Testing

@Suite struct SuppressionTests {
  @Test("Suppression keeps what comparing every pair keeps, whatever the limit")
  func pairs() {
    for seed in 0..<200 {
      var generator = SeededGenerator(seed: 1, for: "boxes", seed)
      let boxes = generator.boxes(generator.index(below: 120))
      for overlap in [0, 0.25, 0.5, 0.7, 1] as [Float] {
        let limit = generator.index(below: boxes.count + 10)
        #expect(
          suppressed(boxes, overlap: overlap, limit: limit)
            == plainSuppression(boxes, overlap: overlap, limit: limit))
      }
    }
  }

  @Test("A box is kept at exactly the overlap and suppressed just above")
  func threshold() {
    // 7 of 10 square pixels are shared.
    let boxes = [Box(0, 0, 10, 1), Box(0, 0, 7, 1)]
    #expect(suppressed(boxes, overlap: 0.7, limit: 9) == [0, 1])
    #expect(suppressed(boxes, overlap: Float(0.7).nextDown, limit: 9) == [0])
    #expect(suppressed([boxes[0], boxes[0]], overlap: 1, limit: 9) == [0, 1])
  }

  @Test("Only kept boxes suppress")
  func chain() {
    let boxes = [Box(0, 0, 10, 10), Box(4, 0, 14, 10), Box(8, 0, 18, 10)]
    #expect(suppressed(boxes, overlap: 0.4, limit: 9) == [0, 2])
  }

  @Test("Boxes without an area or with edges that are no numbers neither suppress nor fall")
  func degenerate() {
    let box = Box(0, 0, 10, 10)
    let odd = [
      Box(.nan, 0, 10, 10), Box(0, 0, 10, .nan), Box(3, 3, 3, 8), Box(9, 9, 1, 1),
      Box(-.infinity, -.infinity, .infinity, .infinity), Box(0, 0, .infinity, 0),
    ]
    let kept = suppressed(odd + [box, box] + odd, overlap: 0.5, limit: 99)
    #expect(kept == Array(0...6) + Array(8...13))
  }

  @Test("There may be no boxes, and none may be wanted")
  func none() {
    #expect(suppressed([], overlap: 0.5, limit: 10).isEmpty)
    #expect(suppressed([Box(0, 0, 1, 1)], overlap: 0.5, limit: 0).isEmpty)
  }

  @Test("Many boxes of which few fall are all compared")
  func many() {
    // A grid of boxes that touch, each of them twice.
    let grid = (0..<3000).map { index in
      let (x, y) = (Float(index % 60) * 8, Float(index / 60) * 8)
      return Box(x, y, x + 8, y + 8)
    }
    #expect(suppressed(grid + grid, overlap: 0.7, limit: 6000) == Array(0..<3000))
  }
}
