import Detection
import Training

/// Tells a person how a detector's run goes on.
struct DetectorProgressLine: RunProgressLine {
  typealias Run = DetectorRun

  private var line = ProgressLine()
  private let plan: DetectorPlan
  private var loss = RunningMean()
  private var pace: StepPace

  init(_ plan: DetectorPlan) {
    self.plan = plan
    pace = StepPace(batch: plan.settings.batch)
  }

  var stepCount: Int { plan.stepCount }

  mutating func show(_ event: DetectorRun.Event) -> String? {
    switch event {
    case .entered(let phase):
      guard plan.phases.count > 1 else { return nil }
      (loss, pace) = (RunningMean(), StepPace(batch: plan.settings.batch))
      let text =
        "phase \(phase.phase.name): steps \(phase.firstStep + 1) to "
        + "\(phase.firstStep + phase.stepCount)"
      line.print(text)
      return text
    case .proposing(let done, let count):
      line.update("proposing", done, of: count)
      return nil
    case .step(let step):
      loss.add(Double(step.loss))
      pace.add(imagesPerSecond: step.imagesPerSecond)
      let losses = step.losses
      // What matters least comes last, where a narrow terminal cuts the line.
      line.update(
        Double(step.step) / Double(stepCount),
        "loss \(loss.value.rounded(decimals: 3))  "
          + "\(pace.text(stepsLeft: stepCount - step.step))  "
          + "step \(step.step)/\(stepCount)  rpn "
          + "\(losses.proposalObjectness.text)+\(losses.proposalBox.text) heads "
          + "\(losses.regionClass.text)+\(losses.regionBox.text)")
      return nil
    case .measuring(let done, let count):
      line.update("measuring", done, of: count)
      return nil
    case .measured(let measurement, let isBest):
      var text = "epoch \(measurement.epoch)  step \(measurement.step)/\(stepCount)"
      text += "  loss \(loss.value.rounded(decimals: 3))"
      if let mean = measurement.meanAveragePrecision {
        text += "  \(precision(mean))"
        for result in measurement.classes {
          text += "  \(result.name) \(result.averagePrecision?.rounded(decimals: 3) ?? "-")"
        }
      }
      for entry in measurement.recall {
        text += "  recall@\(entry.proposals) \(entry.recall?.rounded(decimals: 3) ?? "-")"
      }
      if isBest { text += "  the best so far" }
      line.print(text)
      return text
    }
  }

  mutating func clear() { line.clear() }

  func quality(_ score: DetectorScore) -> String? { score.meanAveragePrecision.map(precision) }

  private func precision(_ mean: Double) -> String { "mAP50 \(mean.rounded(decimals: 3))" }
}

extension Float {
  fileprivate var text: String { Double(self).rounded(decimals: 2) }
}
