/// Rows of text in columns as wide as their widest cell.
struct Table {
  private var rows: [[String]]

  init(header: [String]) { rows = [header] }

  mutating func append(_ row: [String]) { rows.append(row) }

  /// Columns two spaces apart; those whose cells below the header are all numbers to the right.
  var text: String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
    let isNumeric = (0..<columns).map { column in
      rows.dropFirst().allSatisfy { Double($0[column]) != nil || $0[column].isEmpty }
    }
    return rows.map { row in
      let cells = row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return isNumeric[column] ? padding + row[column] : row[column] + padding
      }
      return cells.joined(separator: "  ").trimmingTrailingSpaces
    }.joined(separator: "\n")
  }
}

extension String {
  fileprivate var trimmingTrailingSpaces: String {
    String(self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)])
  }
}

extension Double {
  /// The number with that many decimals.
  func rounded(decimals: Int) -> String {
    let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
    let scaled = (self * scale).rounded()
    let whole = Int(abs(scaled) / scale)
    let fraction = String(Int(abs(scaled)) % Int(scale))
    let zeros = String(repeating: "0", count: max(0, decimals - fraction.count))
    return (scaled < 0 ? "-" : "") + "\(whole)" + (decimals == 0 ? "" : ".\(zeros)\(fraction)")
  }
}
