import Layers
import Training

extension DetectorPlan {
  /// The plan for a person: what changes, the phases, the settings.
  var text: String {
    [
      freezing.table(outline), phaseTable, settings.table,
    ].joined(separator: "\n\n")
  }

  private var phaseTable: String {
    var table = Table(header: ["phase", "steps", "epochs", "trained numbers"])
    let counts = Dictionary(
      outline.parameters.map { ($0.name, $0.count) }, uniquingKeysWith: { first, _ in first })
    for phase in phases {
      let trained = phase.trainable.reduce(0) { $0 + (counts[$1] ?? 0) }
      table.append([
        phase.phase.name, "\(phase.stepCount)", "\(phase.phase.epochs)", "\(trained)",
      ])
    }
    return table.text
  }
}

extension DetectorStart {
  /// What was restored and what is new, for a person.
  var text: String {
    var table = Table(header: ["stage", "restored numbers", "new numbers", "because"])
    for module in modules {
      table.append([
        module.stage, "\(module.restored)", "\(module.fresh)", module.reason,
      ])
    }
    return ((report.map { [$0.text] } ?? []) + [table.text]).joined(separator: "\n\n")
  }
}
