/// How fast steps have been lately.
struct StepPace {
  private var seconds = RunningMean()
  private let batch: Int

  /// - Parameter batch: Pictures in a step.
  init(batch: Int) { self.batch = batch }

  mutating func add(imagesPerSecond: Double) { seconds.add(Double(batch) / imagesPerSecond) }

  /// The pace, and how long so many more steps take at it.
  func text(stepsLeft: Int) -> String {
    let rate = Double(batch) / seconds.value
    let left = Duration.seconds(seconds.value * Double(stepsLeft))
    return "\(rate.rounded(decimals: rate < 10 ? 1 : 0)) images/s  \(left.text) left"
  }
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
