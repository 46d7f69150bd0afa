import Datasets
import Layers
import Training

extension ClassifierPlan {
  /// The plan for a person: data, what changes, settings.
  var text: String {
    let parts = [
      "\(data.classes.count) classes, \(data.training.count) pictures to train on, "
        + "\(data.validation.count) to measure with, \(stepCount) steps",
      classTable, freezingTable, settingsTable,
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

  /// Layers without parameters are counted in the ranges and nowhere else.
  private var freezingTable: String {
    var table = Table(
      header: [
        "stage", "layers i:j", "with parameters", "frozen", "trained numbers", "fixed numbers",
      ])
    for row in freezing.summary {
      let range = outline.range(ofStage: row.stage)
      table.append([
        row.stage, "\(range.lowerBound):\(range.upperBound)", "\(row.layers)",
        "\(row.frozenLayers)", "\(row.trainedParameters)", "\(row.fixedParameters)",
      ])
    }
    return table.text
  }

  private var settingsTable: String {
    var table = Table(header: ["setting", "value"])
    for entry in settings.entries { table.append([entry.name, entry.value]) }
    return table.text
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

extension NetworkOutline {
  fileprivate func range(ofStage name: String) -> Range<Int> {
    let indices = layers.indices.filter { layers[$0].stage == name }
    return (indices.first ?? 0)..<((indices.last ?? -1) + 1)
  }
}
