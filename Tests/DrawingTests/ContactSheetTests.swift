import Boxes
import Datasets
import Testing

@testable import Drawing

@Suite struct ContactSheetTests {
  private let red = Canvas(width: 60, height: 20, color: Color(255, 0, 0)).image

  @Test("Pictures are scaled into equal cells, row by row")
  func grid() {
    var sheet = ContactSheet(columnCount: 2, cellWidth: 30, cellHeight: 30)
    for index in 0..<3 {
      sheet.append(red, objects: [], classes: [], caption: "\(index)")
    }
    let image = sheet.image
    // Margins of 12 around cells of 30, with a line of 13 and 4 pixels below each.
    #expect((image.width, image.height) == (12 + 2 * 42, 12 + 2 * (30 + 17 + 12)))
    // A picture of 60×20 becomes 30×10, in the middle of its cell.
    func isRed(_ x: Int, _ y: Int) -> Bool {
      image.pixels[(y * image.width + x) * 3..<(y * image.width + x) * 3 + 3] == [255, 0, 0]
    }
    for (x, y) in [(12, 12), (54, 12), (12, 71)] {
      #expect(isRed(x, y + 10) && isRed(x + 29, y + 19))
      #expect(!isRed(x, y + 9) && !isRed(x, y + 20) && !isRed(x + 30, y + 10))
    }
    #expect(!isRed(60, 71 + 15))
  }

  @Test("Boxes are scaled with their picture")
  func boxes() {
    func sheet(_ objects: [AnnotatedObject]) -> Image {
      var sheet = ContactSheet(columnCount: 1, cellWidth: 120, cellHeight: 40)
      sheet.append(red, objects: objects, classes: ["a"], caption: "")
      return sheet.image
    }
    let box = Box(x1: 10, y1: 8, x2: 50, y2: 18)
    let image = sheet([AnnotatedObject(label: 0, box: box)])
    let start = ((12 + 30) * image.width + 12 + 20) * 3
    let blue = Palette.color(0)
    #expect(Array(image.pixels[start..<start + 3]) == [blue.red, blue.green, blue.blue])
  }

  @Test("A sheet without pictures and one with a title can be drawn")
  func empty() {
    #expect(ContactSheet(columnCount: 4, cellWidth: 10, cellHeight: 10).image.width == 34)
    let sheet = ContactSheet(
      title: String(repeating: "title ", count: 40), columnCount: 1, cellWidth: 10, cellHeight: 10)
    #expect(sheet.image.width == 34)
  }

  @Test("The thinnest of pictures keeps a pixel")
  func thin() {
    var sheet = ContactSheet(columnCount: 1, cellWidth: 20, cellHeight: 20)
    sheet.append(
      Canvas(width: 2000, height: 1, color: .black).image, objects: [], classes: [], caption: "x")
    #expect(sheet.count == 1 && sheet.image.pixels.contains(0))
  }
}
