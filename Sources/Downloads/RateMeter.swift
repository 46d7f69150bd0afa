/// Bytes a second over the last seconds.
struct RateMeter {
  private static let window: Duration = .seconds(5)
  private static let step: Duration = .milliseconds(250)
  private var samples: [(time: ContinuousClock.Instant, bytes: Int)] = []

  /// Takes note of how many bytes have come by now.
  mutating func note(_ bytes: Int, at time: ContinuousClock.Instant) {
    if let last = samples.last, time - last.time < Self.step { return }
    samples.append((time, bytes))
    // One sample from before the window stays, so that there is always a span to divide by.
    while samples.count > 2, time - samples[1].time >= Self.window { samples.removeFirst() }
  }

  /// The rate; nil before there is a span of time to divide by.
  var rate: Double? {
    guard let first = samples.first, let last = samples.last, last.time > first.time else {
      return nil
    }
    return Double(last.bytes - first.bytes) / ((last.time - first.time) / .seconds(1))
  }
}
