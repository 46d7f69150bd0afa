import Boxes
import Datasets
import Testing

@testable import Drawing

/// The red of a row of pixels: enough to see what black on white has become.
func reds(_ image: Image, row: Int) -> [Int] {
  (0..<image.width).map { Int(image.pixels[(row * image.width + $0) * 3]) }
}

@Suite struct CanvasTests {
  @Test("A rectangle with edges at whole numbers is crisp")
  func crisp() {
    var canvas = Canvas(width: 5, height: 4)
    canvas.fill(Box(x1: 1, y1: 1, x2: 3, y2: 3), with: .black)
    #expect(reds(canvas.image, row: 0) == [255, 255, 255, 255, 255])
    #expect(reds(canvas.image, row: 1) == [255, 0, 0, 255, 255])
    #expect(reds(canvas.image, row: 2) == [255, 0, 0, 255, 255])
    #expect(reds(canvas.image, row: 3) == [255, 255, 255, 255, 255])
  }

  @Test("An edge within a pixel covers its share")
  func smooth() {
    var canvas = Canvas(width: 4, height: 1)
    canvas.fill(Box(x1: 0.5, y1: 0, x2: 2.25, y2: 1), with: .black)
    #expect(reds(canvas.image, row: 0) == [128, 0, 191, 255])
    var small = Canvas(width: 1, height: 1)
    small.fill(Box(x1: 0.25, y1: 0.25, x2: 0.75, y2: 0.75), with: .black)
    #expect(reds(small.image, row: 0) == [191])
  }

  @Test("Half an opacity leaves half of the ground, in each channel")
  func opacity() {
    var canvas = Canvas(width: 1, height: 1, color: Color(200, 100, 0))
    canvas.fill(Box(x1: 0, y1: 0, x2: 1, y2: 1), with: Color(0, 200, 255), opacity: 0.5)
    #expect(canvas.image.pixels == [100, 150, 128])
  }

  @Test("What lies outside is cut off, however far")
  func clipping() {
    var canvas = Canvas(width: 3, height: 3)
    for box in [
      Box(x1: -1e30, y1: -1e30, x2: -1, y2: 1e30), Box(x1: 3, y1: 0, x2: 9, y2: 3),
      Box(x1: 2, y1: 2, x2: 1, y2: 1), Box(x1: .nan, y1: 0, x2: 2, y2: 2),
    ] {
      canvas.fill(box, with: .black)
      canvas.stroke(box, with: .black, lineWidth: 2, dash: 3)
    }
    #expect(canvas == Canvas(width: 3, height: 3))
    canvas.fill(Box(x1: -1e30, y1: -1e30, x2: 1e30, y2: 1e30), with: .black)
    #expect(canvas == Canvas(width: 3, height: 3, color: .black))
    // A dash of three pixels around the world is no endless loop.
    canvas.stroke(
      Box(x1: -1e9, y1: -1e9, x2: 1e9, y2: 1e9), with: .white, lineWidth: 2, dash: 3)
  }

  @Test("An outline lies within its edges and paints no pixel twice")
  func outline() {
    var canvas = Canvas(width: 6, height: 6)
    canvas.stroke(
      Box(x1: 1, y1: 1, x2: 5, y2: 5), with: .black, lineWidth: 1, opacity: 0.5)
    #expect(reds(canvas.image, row: 0) == [255, 255, 255, 255, 255, 255])
    #expect(reds(canvas.image, row: 1) == [255, 128, 128, 128, 128, 255])
    #expect(reds(canvas.image, row: 2) == [255, 128, 255, 255, 128, 255])
    #expect(reds(canvas.image, row: 4) == [255, 128, 128, 128, 128, 255])
  }

  @Test("A dashed side has gaps and starts and ends with a dash")
  func dashes() {
    var canvas = Canvas(width: 20, height: 20)
    canvas.stroke(
      Box(x1: 0, y1: 0, x2: 20, y2: 20), with: .black, lineWidth: 1, dash: 4)
    let row = reds(canvas.image, row: 0)
    #expect(row == [0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0])
    #expect(row == (0..<20).map { Int(canvas.image.pixels[$0 * 60]) })
  }

  @Test("A level line covers the pixels within its width")
  func line() {
    var canvas = Canvas(width: 8, height: 5)
    canvas.drawLine(
      through: [Point(x: -5, y: 2.5), Point(x: 20, y: 2.5)], with: .black, lineWidth: 2)
    let column = (0..<5).map { reds(canvas.image, row: $0)[4] }
    #expect(column == [255, 128, 0, 128, 255])
  }

  @Test("A line is not darker where it crosses itself, and points without a place interrupt it")
  func polyline() {
    var canvas = Canvas(width: 11, height: 11)
    canvas.drawLine(
      through: [
        Point(x: 0, y: 5.5), Point(x: 11, y: 5.5), Point(x: .nan, y: 0), Point(x: 5.5, y: 0),
        Point(x: 5.5, y: 11), Point(x: .infinity, y: 3),
      ], with: .black, lineWidth: 1, opacity: 0.5)
    #expect(reds(canvas.image, row: 5) == Array(repeating: 128, count: 11))
    #expect(reds(canvas.image, row: 2)[5] == 128 && reds(canvas.image, row: 2)[9] == 255)
  }

  @Test("A line stays within the clip, and one point alone is a dot")
  func clippedLine() {
    var canvas = Canvas(width: 9, height: 3)
    canvas.drawLine(
      through: [Point(x: 0, y: 1.5), Point(x: 9, y: 1.5)], with: .black, lineWidth: 3,
      clip: Box(x1: 2, y1: 0, x2: 5, y2: 3))
    #expect(reds(canvas.image, row: 1) == [255, 255, 0, 0, 0, 255, 255, 255, 255])
    var dot = Canvas(width: 3, height: 3)
    dot.drawLine(through: [Point(x: 1.5, y: 1.5)], with: .black, lineWidth: 1)
    #expect(reds(dot.image, row: 1) == [255, 0, 255])
  }

  @Test("A picture is put where it was wanted, and cut at the borders", arguments: -4...4)
  func picture(x: Int) {
    let stamp = Image(width: 2, height: 2, pixels: (1...12).map { UInt8($0) })
    var canvas = Canvas(width: 3, height: 3, color: .black)
    canvas.draw(stamp, x: x, y: -1)
    // Of the stamp's second row the reds are 7 and 10.
    var row = [0, 0, 0]
    for (place, red) in [(x, 7), (x + 1, 10)] where row.indices.contains(place) { row[place] = red }
    #expect(reds(canvas.image, row: 0) == row)
    #expect(reds(canvas.image, row: 1) == [0, 0, 0])
  }
}
