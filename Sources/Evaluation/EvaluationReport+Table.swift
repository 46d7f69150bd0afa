extension EvaluationReport {
  /// The figures for people: a line a class and one for the mean, numbers to the right.
  ///
  /// A figure that there are no objects for is a dash. There is no line break after the last line.
  public var table: String {
    func row(_ name: String, _ objects: Int, _ figures: [Double?]) -> [String] {
      [name, "\(objects)"] + figures.map { $0?.decimals(3) ?? "-" }
    }
    var rows = [["class", "objects", "AP50", "AP50 11-point", "AP"]]
    rows += classes.map {
      row(
        $0.name, $0.objects,
        [$0.averagePrecision50, $0.averagePrecision50By11Points, $0.averagePrecision])
    }
    rows.append(
      row(
        "mean", classes.reduce(0) { $0 + $1.objects },
        [meanAveragePrecision50, meanAveragePrecision50By11Points, averagePrecision]))
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      row.indices.map { column in
        let spaces = String(repeating: " ", count: widths[column] - row[column].count)
        return column == 0 ? row[column] + spaces : spaces + row[column]
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
