/// A table of a page in Markdown.
struct MarkdownTable: CustomStringConvertible {
  private let headings: [String]
  private let isNumeric: [Bool]
  private var rows: [[String]] = []

  /// Begins a table without rows.
  ///
  /// - Parameter headings: The columns' headings; those that end in " :" are of numbers.
  init(_ headings: String...) {
    isNumeric = headings.map { $0.hasSuffix(" :") }
    self.headings = headings.map { $0.hasSuffix(" :") ? String($0.dropLast(2)) : $0 }
  }

  mutating func append(_ cells: [String]) {
    precondition(cells.count == headings.count, "a row has a cell for each heading")
    rows.append(cells)
  }

  var description: String {
    ([headings, isNumeric.map { $0 ? "-:" : "-" }] + rows)
      .map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
  }
}

extension Double {
  /// A number that is not negative, with so many digits after the point.
  func decimals(_ digits: Int) -> String {
    let power = (0..<digits).reduce(1) { power, _ in power * 10 }
    let units = Int((self * Double(power)).rounded())
    guard digits > 0 else { return String(units) }
    let fraction = String(units % power)
    return "\(units / power)." + String(repeating: "0", count: digits - fraction.count) + fraction
  }

  /// A share in per cent, for example 74.9 %.
  var percentage: String { (self * 100).decimals(1) + " %" }
}

extension Int {
  /// Digits in groups of three: 25,636,712.
  var groupedByThousands: String {
    let digits = String(self)
    return digits.enumerated().map { index, digit in
      (index > 0 && (digits.count - index).isMultiple(of: 3) ? "," : "") + String(digit)
    }.joined()
  }
}
