import Datasets
import Layers
import Training

extension ClassifierPlan {
  /// The plan for a person: data, what changes, settings.
  var text: String {
    let parts = [
      "\(data.classes.count) classes, \(data.training.count) pictures to train on, "
        + "\(data.validation.count) to measure with, \(stepCount) steps",
      classTable, freezing.table(outline), settings.table,
    ]
    return parts.joined(separator: "\n\n")
  }

  private var classTable: String {
    var table = Table(header: ["class", "train", "val"])
    let counts = data.counts
    for count in counts.prefix(20) {
      table.append([count.name, "\(count.training)", "\(count.validation)"])
    }
    return table.text + (counts.count > 20 ? "\n… and \(counts.count - 20) more" : "")
  }
}

extension StartingPoint {
  /// What was restored and what is new, for a person.
  var text: String {
    var lines = report.map { [$0.text] } ?? []
    let reasons = fresh.map(\.reason).reduce(into: [String]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    for reason in reasons {
      let names = fresh.filter { $0.reason == reason }.map(\.parameter)
      let shown = names.prefix(4).joined(separator: ", ") + (names.count > 4 ? ", …" : "")
      lines.append("new         \(names.count)  \(shown): \(reason)")
    }
    return lines.joined(separator: "\n")
  }
}
