/// Letters of one size, each in a cell of as many pixels.
struct BitmapFont: Sendable {
  let width: Int
  let height: Int
  /// How many rows lie above the line that letters stand on.
  let ascent: Int
  /// The rows of all cells from the top; the lowest bit is the rightmost pixel.
  private let rows: [UInt16]
  /// By character, not by code point: an é of two code points is the same letter.
  private let places: [Character: Int]

  /// Reads a table as make_fonts.py writes it.
  init(width: Int, height: Int, ascent: Int, table: StaticString) {
    (self.width, self.height, self.ascent) = (width, height, ascent)
    var rows: [UInt16] = []
    var places: [Character: Int] = [:]
    let digitCount = (width + 3) / 4
    table.withUTF8Buffer { text in
      for line in text.split(separator: UInt8(ascii: "\n")) {
        func number(_ digits: some Sequence<UInt8>) -> Int {
          digits.reduce(0) { $0 << 4 | Int($1 < 0x3A ? $1 - 0x30 : $1 - 0x37) }
        }
        guard let scalar = Unicode.Scalar(UInt32(number(line.prefix(4)))) else { continue }
        places[Character(scalar)] = rows.count
        let digits = line.dropFirst(5)
        for row in 0..<height {
          rows.append(
            UInt16(number(digits.dropFirst(row * digitCount).prefix(digitCount))))
        }
      }
    }
    (self.rows, self.places) = (rows, places)
  }

  /// Whether there is a letter for a character.
  func contains(_ character: Character) -> Bool { places[character] != nil }

  /// The rows of a character's cell; a hollow box for one that the font has not.
  func cell(of character: Character) -> [UInt16] {
    if let start = places[character] { return Array(rows[start..<(start + height)]) }
    let full = (UInt16(1) << (width - 1)) - 2
    let sides = UInt16(1) << (width - 2) | 2
    let top = height - ascent
    return (0..<height).map { row in
      row < top || row >= ascent ? 0 : row == top || row == ascent - 1 ? full : sides
    }
  }
}
