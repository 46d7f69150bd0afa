import Training

/// Tells a person how a run goes on.
struct TrainingProgress {
  private var line = ProgressLine()
  private let epochs: Int
  private let stepCount: Int
  private let batch: Int
  /// Means of late steps, which say more than the last one's numbers.
  private var loss = RunningMean()
  private var accuracy = RunningMean()
  private var seconds = RunningMean()

  init(_ plan: ClassifierPlan) {
    (epochs, stepCount, batch) = (plan.settings.epochs, plan.stepCount, plan.settings.batch)
  }

  /// Shows what happened.
  ///
  /// - Returns: A line for the log, if it is worth one.
  mutating func show(_ event: ClassifierRun.Event) -> String? {
    switch event {
    case .step(let step):
      loss.add(Double(step.loss))
      accuracy.add(step.accuracy)
      seconds.add(Double(batch) / step.imagesPerSecond)
      let left = Duration.seconds(seconds.value * Double(stepCount - step.step))
      let share = Double(step.step) / Double(stepCount)
      let epoch = min(epochs, Int(share * Double(epochs)) + 1)
      let rate = Double(batch) / seconds.value
      // What matters least comes last, where a narrow terminal cuts the line.
      line.update(
        share,
        "loss \(loss.value.rounded(decimals: 3))  accuracy \(percent(accuracy.value))  "
          + "\(rate.rounded(decimals: rate < 10 ? 1 : 0)) images/s  \(left.text) left  "
          + "epoch \(epoch)/\(epochs)")
      return nil
    case .measuring(let done, let count):
      line.update(Double(done) / Double(count), "measuring \(done)/\(count)")
      return nil
    case .measured(let score, let isBest):
      var text = "epoch \(score.epoch)/\(epochs)  step \(score.step)/\(stepCount)"
      text += "  loss \(loss.value.rounded(decimals: 3))"
      if let accuracy = score.accuracy, let loss = score.loss {
        text += "  validation accuracy \(percent(accuracy)), loss \(loss.rounded(decimals: 3))"
        if isBest { text += ", the best so far" }
      }
      line.print(text)
      return text
    }
  }

  mutating func clear() { line.clear() }

  private func percent(_ share: Double) -> String { "\((share * 100).rounded(decimals: 1)) %" }
}

/// A mean in which a number counts half after fourteen more.
struct RunningMean {
  private var sum = 0.0
  private var weight = 0.0

  var value: Double { weight == 0 ? 0 : sum / weight }

  mutating func add(_ number: Double) {
    sum = 0.95 * sum + number
    weight = 0.95 * weight + 1
  }
}
