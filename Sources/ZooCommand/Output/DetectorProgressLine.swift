import Detection
import Training

/// Tells a person how a detector's run goes on.
struct DetectorProgressLine {
  private var line = ProgressLine()
  private let plan: DetectorPlan
  private var loss = RunningMean()
  private var seconds = RunningMean()

  init(_ plan: DetectorPlan) { self.plan = plan }

  /// Shows what happened.
  ///
  /// - Returns: A line for the log, if it is worth one.
  mutating func show(_ event: DetectorRun.Event) -> String? {
    switch event {
    case .entered(let phase):
      guard plan.phases.count > 1 else { return nil }
      (loss, seconds) = (RunningMean(), RunningMean())
      let text =
        "phase \(phase.phase.name): steps \(phase.firstStep + 1) to "
        + "\(phase.firstStep + phase.stepCount)"
      line.print(text)
      return text
    case .proposing(let done, let count):
      line.update(Double(done) / Double(count), "proposing \(done)/\(count)")
      return nil
    case .step(let step):
      loss.add(Double(step.loss))
      seconds.add(Double(plan.settings.batch) / step.imagesPerSecond)
      let left = Duration.seconds(seconds.value * Double(plan.stepCount - step.step))
      let rate = Double(plan.settings.batch) / seconds.value
      let losses = step.losses
      // What matters least comes last, where a narrow terminal cuts the line.
      line.update(
        Double(step.step) / Double(plan.stepCount),
        "loss \(loss.value.rounded(decimals: 3))  "
          + "\(rate.rounded(decimals: rate < 10 ? 1 : 0)) images/s  \(left.text) left  "
          + "step \(step.step)/\(plan.stepCount)  rpn "
          + "\(losses.proposalObjectness.text)+\(losses.proposalBox.text) heads "
          + "\(losses.regionClass.text)+\(losses.regionBox.text)")
      return nil
    case .measuring(let done, let count):
      line.update(Double(done) / Double(count), "measuring \(done)/\(count)")
      return nil
    case .measured(let measurement, let isBest):
      var text = "epoch \(measurement.epoch)  step \(measurement.step)/\(plan.stepCount)"
      text += "  loss \(loss.value.rounded(decimals: 3))"
      if let precision = measurement.meanAveragePrecision {
        text += "  mAP50 \(precision.rounded(decimals: 3))"
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
}

extension Float {
  fileprivate var text: String { Double(self).rounded(decimals: 2) }
}
