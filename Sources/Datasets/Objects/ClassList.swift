/// The classes that count, by name.
struct ClassList {
  let names: [String]
  private let labels: [String: Int]

  /// Takes the names that were asked for, or else those that were found.
  init(_ wanted: [String]?, found: () -> [String]) throws(DatasetError) {
    names = wanted ?? found()
    if wanted != nil, names.isEmpty { throw .badClasses(reason: "expected names, found none") }
    if let wanted, wanted.contains(where: { $0.isEmpty }) {
      throw .badClasses(reason: "expected names, found an empty one")
    }
    var labels: [String: Int] = [:]
    for (label, name) in names.enumerated() {
      if labels.updateValue(label, forKey: name) != nil {
        throw .badClasses(reason: "found '\(name)' twice")
      }
    }
    self.labels = labels
  }

  /// The label of a class, or nil if it does not count.
  subscript(name: String) -> Int? { labels[name] }
}
