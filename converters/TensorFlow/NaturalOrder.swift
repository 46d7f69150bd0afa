extension [TensorFlowVariable] {
  /// The variables by path, numbers in it counted as such: `x-2` comes before `x-10`.
  ///
  /// Checkpoints list variables letter by letter. Counted, those of a Keras model by object are in the
  /// order of its layers, and layers that Keras numbered in the order in which it made them.
  var inNaturalOrder: [TensorFlowVariable] {
    map { (key: runs(of: $0.path), variable: $0) }
      .sorted { $0.key.lexicographicallyPrecedes($1.key, by: Run.precedes) }
      .map(\.variable)
  }

  private func runs(of path: String) -> [Run] {
    var runs: [Run] = []
    var rest = path.utf8[...]
    while let first = rest.first {
      let isDigit = Run.isDigit(first)
      let run = rest.prefix { Run.isDigit($0) == isDigit }
      rest = rest[run.endIndex...]
      runs.append(Run(bytes: Array<UInt8>(run), isNumber: isDigit))
    }
    return runs
  }
}

/// Digits or other characters side by side.
private struct Run {
  let bytes: [UInt8]
  let isNumber: Bool

  static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  static func precedes(_ one: Run, _ other: Run) -> Bool {
    guard one.isNumber && other.isNumber else {
      return one.bytes.lexicographicallyPrecedes(other.bytes)
    }
    // Numbers of any length: the longer is the greater, but for zeros before it.
    let zero = UInt8(ascii: "0")
    let (a, b) = (one.bytes.drop { $0 == zero }, other.bytes.drop { $0 == zero })
    return a.count == b.count ? a.lexicographicallyPrecedes(b) : a.count < b.count
  }
}
