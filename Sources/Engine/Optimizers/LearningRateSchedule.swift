internal import Glibc

/// A learning rate for each step of a training run.
public struct LearningRateSchedule: Hashable, Sendable {
  /// What the rate does after the warm-up.
  public enum Decay: Hashable, Sendable {
    /// Stays.
    case constant
    /// Is multiplied by `factor` at each of these steps, counted from the start of the run.
    case step(at: [Int], factor: Float)
    /// Falls along half a cosine from the end of the warm-up to `floor`, reached at step `total`.
    case cosine(floor: Float)

    /// Steps at fractions of a run of `total` steps, rounded to the nearest step.
    public static func step(atFractions fractions: [Double], of total: Int, factor: Float) -> Self {
      .step(at: fractions.map { Int(($0 * Double(total)).rounded()) }, factor: factor)
    }
  }

  /// The rate after the warm-up, before it decays.
  public let rate: Float
  /// How many steps the run has.
  public let total: Int
  /// How many steps the rate takes to rise to ``rate``.
  public let warmUpSteps: Int
  /// What ``rate`` is multiplied by at step 0 of a warm-up.
  public let warmUpFactor: Float
  /// What the rate does after the warm-up.
  public let decay: Decay

  /// Makes a schedule; by default a constant rate from the first step.
  ///
  /// - Parameters:
  ///   - rate: The full rate, 0 or more.
  ///   - total: How many steps the run has.
  ///   - warmUpSteps: 0 for none, at most `total`.
  ///   - warmUpFactor: 0...1.
  ///   - decay: What the rate does after the warm-up.
  public init(
    rate: Float, total: Int, warmUpSteps: Int = 0, warmUpFactor: Float = 0,
    decay: Decay = .constant
  ) {
    precondition(rate >= 0 && rate.isFinite, "a learning rate is 0 or more, not \(rate)")
    precondition(
      (0...max(total, 0)).contains(warmUpSteps), "\(warmUpSteps) of \(total) steps warm up")
    precondition((0...1).contains(warmUpFactor), "warmUpFactor is in 0...1, not \(warmUpFactor)")
    (self.rate, self.total, self.decay) = (rate, total, decay)
    (self.warmUpSteps, self.warmUpFactor) = (warmUpSteps, warmUpFactor)
  }

  /// The learning rate of one step.
  ///
  /// - Parameter step: From 0; beyond ``total`` the rate stays where the schedule ends.
  /// - Returns: The rate, before parameters' multipliers.
  public func rate(at step: Int) -> Float {
    precondition(step >= 0, "steps count from 0, not \(step)")
    return Float(decayedRate(at: step) * warmUp(at: step))
  }

  private func warmUp(at step: Int) -> Double {
    guard step < warmUpSteps else { return 1 }
    let start = Double(warmUpFactor)
    return start + (1 - start) * Double(step) / Double(warmUpSteps)
  }

  private func decayedRate(at step: Int) -> Double {
    let rate = Double(rate)
    switch decay {
    case .constant: return rate
    case .step(let steps, let factor):
      return steps.reduce(rate) { $1 <= step ? $0 * Double(factor) : $0 }
    case .cosine(let floor):
      let length = max(total - warmUpSteps, 1)
      let progress = Double(min(max(step - warmUpSteps, 0), length)) / Double(length)
      return Double(floor) + (rate - Double(floor)) * 0.5 * (1 + cos(Double.pi * progress))
    }
  }
}
