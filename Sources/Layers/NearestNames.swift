extension Collection<String> {
  /// The few names that differ least from a mistyped one, best first.
  public func nearest(to name: String, count: Int = 3) -> [String] {
    let ranked = enumerated().map { (distance: editDistance($1, name), index: $0, name: $1) }
    return ranked.sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }.prefix(count)
      .map(\.name)
  }
}

/// Levenshtein's distance: insertions, deletions and substitutions from one name to the other.
private func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a.utf8), Array(b.utf8))
  var previous = Array(0...b.count)
  for (row, left) in a.enumerated() {
    var current = [row + 1]
    for (column, right) in b.enumerated() {
      let substitution = previous[column] + (left == right ? 0 : 1)
      current.append(Swift.min(substitution, previous[column + 1] + 1, current[column] + 1))
    }
    previous = current
  }
  return previous[b.count]
}
