internal import Boxes
internal import Datasets
internal import Detection
internal import Engine
internal import Tensors

/// A detector while a phase trains it: one step at a time.
final class DetectorTrainer {
  /// What a step has to say.
  struct StepResult {
    let losses: DetectionLosses
    let rate: Float
    /// The norm of all gradients together, before it was clipped.
    let gradientNorm: Float
  }

  private let plan: DetectorPlan
  private let phase: DetectorPlan.Phase
  private let detector: TrainableDetector
  private let optimizer: Optimizer
  private let schedule: LearningRateSchedule

  /// - Parameters:
  ///   - plan: The run.
  ///   - phase: The phase.
  ///   - parameters: The values to go on from.
  /// - Throws: `EngineError` or `GraphError` if a network cannot be compiled.
  init(_ plan: DetectorPlan, _ phase: DetectorPlan.Phase, parameters: Parameters) throws {
    (self.plan, self.phase) = (plan, phase)
    let settings = plan.settings
    detector = try TrainableDetector(
      plan.architecture, settings: settings.learning, parameters: parameters,
      trainable: phase.trainable, batchStatistics: phase.batchStatistics,
      precision: settings.precision)
    optimizer = settings.makeOptimizer(for: detector.parameters)
    schedule = settings.makeSchedule(stepCount: phase.stepCount)
  }

  /// A copy of the parameters as they are now.
  var parameters: Parameters { detector.parameters.values }

  /// What the optimiser remembers.
  var optimizerState: Parameters { optimizer.state }

  /// Lets the optimiser go on from what another one remembered.
  func restore(_ state: Parameters) throws { try optimizer.restore(state) }

  /// Trains on the examples of one step.
  ///
  /// - Parameters:
  ///   - examples: The images.
  ///   - proposals: Of each image, where regions were proposed beforehand.
  ///   - step: The run's step, from 0.
  /// - Returns: What became of it.
  /// - Throws: ``TrainingError/diverged(step:quantity:)`` if a number is no longer finite.
  func train(
    on examples: [DetectorExample], proposals: [[Box]], step: Int
  ) throws -> StepResult {
    var generator = SeededGenerator(seed: plan.settings.seed, for: "step", step)
    let objective: TrainableDetector.Objective =
      switch phase.phase.objective {
      case .joint: .joint
      case .proposals: .proposals
      case .regions: .regions(proposals)
      }
    let losses = try detector.pullback(examples, objective: objective, using: &generator)
    guard losses.total(weights: DetectionLosses(each: 1)).isFinite else {
      throw TrainingError.diverged(step: step, quantity: "loss")
    }
    let rate = schedule.rate(at: step - phase.firstStep)
    return StepResult(losses: losses, rate: rate, gradientNorm: try update(rate: rate, step: step))
  }

  private func update(rate: Float, step: Int) throws -> Float {
    do throws(EngineError) { return try optimizer.update(rate: rate) } catch {
      guard case .nonFiniteGradient(let parameter) = error else { throw error }
      throw TrainingError.diverged(step: step, quantity: "gradient of \(parameter)")
    }
  }
}
