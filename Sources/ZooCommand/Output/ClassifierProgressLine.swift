import Training

/// Tells a person how a classifier's run goes on.
struct ClassifierProgressLine: RunProgressLine {
  typealias Run = ClassifierRun

  let stepCount: Int
  private var line = ProgressLine()
  private let epochs: Int
  /// Means of late steps, which say more than the last one's numbers.
  private var loss = RunningMean()
  private var accuracy = RunningMean()
  private var pace: StepPace

  init(_ plan: ClassifierPlan) {
    (epochs, stepCount) = (plan.settings.epochs, plan.stepCount)
    pace = StepPace(batch: plan.settings.batch)
  }

  mutating func show(_ event: ClassifierRun.Event) -> String? {
    switch event {
    case .step(let step):
      loss.add(Double(step.loss))
      accuracy.add(step.accuracy)
      pace.add(imagesPerSecond: step.imagesPerSecond)
      let share = Double(step.step) / Double(stepCount)
      let epoch = min(epochs, Int(share * Double(epochs)) + 1)
      // What matters least comes last, where a narrow terminal cuts the line.
      line.update(
        share,
        "loss \(loss.value.rounded(decimals: 3))  accuracy \(percent(accuracy.value))  "
          + "\(pace.text(stepsLeft: stepCount - step.step))  epoch \(epoch)/\(epochs)")
      return nil
    case .measuring(let done, let count):
      line.update("measuring", done, of: count)
      return nil
    case .measured(let score, let isBest):
      var text = "epoch \(score.epoch)/\(epochs)  step \(score.step)/\(stepCount)"
      text += "  loss \(loss.value.rounded(decimals: 3))"
      if let quality = quality(score), let loss = score.loss {
        text += "  \(quality), loss \(loss.rounded(decimals: 3))"
        if isBest { text += ", the best so far" }
      }
      line.print(text)
      return text
    }
  }

  mutating func clear() { line.clear() }

  func quality(_ score: ClassifierScore) -> String? {
    score.accuracy.map { "validation accuracy \(percent($0))" }
  }

  private func percent(_ share: Double) -> String { "\((share * 100).rounded(decimals: 1)) %" }
}
