import Testing

@testable import Drawing

@Suite struct TextTests {
  /// A text in black on white as characters.
  private func drawn(_ text: String, _ size: TextSize) -> [String] {
    var canvas = Canvas(width: max(size.width(of: text), 1), height: size.lineHeight)
    canvas.draw(text, x: 0, y: 0, size: size, color: .black)
    return (0..<size.lineHeight).map { row in
      String(reds(canvas.image, row: row).map { $0 == 0 ? "#" : "." })
    }
  }

  @Test("A letter is that of the font")
  func letter() {
    #expect(
      drawn("E", .small) == [
        "........",
        "#######.",
        "##......",
        "##......",
        "##......",
        "#####...",
        "##......",
        "##......",
        "##......",
        "##......",
        "#######.",
        "........",
        "........",
      ])
  }

  @Test("A size is multiplied pixel by pixel")
  func scaling() {
    let (one, three) = (drawn("g", .medium), drawn("g", .medium.times(3)))
    #expect(three.count == 60 && three.allSatisfy { $0.count == 30 })
    for (row, line) in three.enumerated() {
      let expected = one[row / 3].map { String(repeating: $0, count: 3) }.joined()
      #expect(line == expected)
    }
  }

  @Test("A character that the font has not is a hollow box", arguments: ["日", "🙂", "\n", "ا"])
  func unknown(text: String) {
    #expect(
      drawn(text, .small) == [
        "........",
        "........",
        ".######.",
        ".#....#.",
        ".#....#.",
        ".#....#.",
        ".#....#.",
        ".#....#.",
        ".#....#.",
        ".#....#.",
        ".######.",
        "........",
        "........",
      ])
  }

  @Test("An accent that follows its letter makes the same character")
  func composition() {
    #expect(drawn("e\u{301}", .medium) == drawn("\u{E9}", .medium))
    #expect(TextSize.medium.width(of: "e\u{301}") == 10)
  }

  @Test("Both fonts have the letters of Europe", arguments: [BitmapFont.small, .large])
  func alphabets(font: BitmapFont) {
    let letters: [ClosedRange<UInt32>] = [
      0x20...0x7E, 0xA0...0xFF, 0x100...0x17F, 0x391...0x3A1, 0x3A3...0x3C9, 0x401...0x40C,
      0x410...0x44F, 0x451...0x45C,
    ]
    for code in letters.joined() {
      guard let scalar = Unicode.Scalar(code) else { continue }
      #expect(font.contains(Character(scalar)), "U+\(String(code, radix: 16))")
    }
    for mark in "…–—„“”€×°±≤≥→" { #expect(font.contains(mark), "\(mark)") }
  }

  @Test("No two letters of an alphabet look alike", arguments: [BitmapFont.small, .large])
  func distinct(font: BitmapFont) {
    let characters = (0x21...0x7E).compactMap { Unicode.Scalar($0).map { Character($0) } }
    #expect(Set(characters.map(font.cell)).count == characters.count)
  }

  @Test("A text is as wide as its characters")
  func widths() {
    #expect(TextSize.small.width(of: "RBC 0.97") == 64)
    #expect(TextSize.medium.times(2).width(of: "кот") == 60)
    #expect(TextSize.small.width(of: "") == 0)
  }

  @Test(
    "A text that is too wide ends with an ellipsis",
    arguments: [
      ("abcdef", 48, "abcdef"), ("abcdef", 47, "abcd…"), ("abcdef", 16, "a…"),
      ("abcdef", 8, "…"), ("abcdef", 7, ""), ("abcdef", -5, ""), ("", 0, ""),
    ])
  func shortening(text: String, width: Int, expected: String) {
    #expect(TextSize.small.shortened(text, toWidth: width) == expected)
  }

  @Test(
    "The name of a file is shortened in the middle",
    arguments: [
      ("image_0001.jpg", 112, "image_0001.jpg"), ("image_0001.jpg", 72, "imag….jpg"),
      ("image_0001.jpg", 80, "imag…1.jpg"), ("image_0001.jpg", 8, "…"), ("image_0001.jpg", 0, ""),
    ])
  func shorteningWithin(text: String, width: Int, expected: String) {
    #expect(TextSize.small.shortenedWithin(text, toWidth: width) == expected)
  }

  @Test(
    "Letters grow with the picture",
    arguments: [
      (1, 1, 13), (640, 480, 13), (1024, 768, 26), (800, 600, 20), (4000, 3000, 104),
      (100, 4000, 13), (100_000, 100_000, 3562),
    ])
  func fitting(width: Int, height: Int, lineHeight: Int) {
    #expect(TextSize.fitting(width: width, height: height).lineHeight == lineHeight)
  }

  @Test("A line of text is cut at the borders of the canvas")
  func clipping() {
    let whole = drawn("Wg", .small)
    for (x, y) in [(-3, -4), (5, 6), (-100, 0), (0, 100), (100, 0)] {
      var canvas = Canvas(width: 10, height: 9)
      canvas.draw("Wg", x: x, y: y, size: .small, color: .black)
      for row in 0..<9 {
        let expected = (0..<10).map { column -> Character in
          let (line, place) = (row - y, column - x)
          return 0..<13 ~= line && 0..<16 ~= place ? Array(whole[line])[place] : "."
        }
        #expect(reds(canvas.image, row: row).map { $0 == 0 ? "#" : "." } == expected)
      }
    }
  }
}
