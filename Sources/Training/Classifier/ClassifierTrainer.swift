internal import Datasets
internal import Engine
internal import KerasConverter
internal import Layers
internal import Tensors

/// A classifier's network while it trains: one step, or one measurement, at a time.
final class ClassifierTrainer {
  /// What a step has to say.
  struct StepResult {
    /// The mean cross-entropy of the batch, before the step.
    let loss: Float
    /// How many of the batch's pictures had their class first.
    let correctCount: Int
    let rate: Float
    /// The norm of all gradients together, before it was clipped.
    let gradientNorm: Float
  }

  private let settings: ClassifierSettings
  private let stages: [Stage]
  private let network: TrainableNetwork
  private let trainingPlan: TrainingPlan
  private let optimizer: Optimizer
  private let schedule: LearningRateSchedule

  /// Makes a trainer of a network.
  ///
  /// - Parameters:
  ///   - plan: What to train and how.
  ///   - parameters: The values to go on from.
  /// - Throws: `EngineError` or `GraphError` if the network cannot be compiled.
  init(_ plan: ClassifierPlan, parameters: Parameters) throws {
    settings = plan.settings
    stages = plan.extractor.logitStages
    let parameters = try TrainableParameters(parameters, trainable: plan.freezing.trainable)
    network = try TrainableNetwork(
      stages, parameters: parameters, batchStatistics: plan.freezing.batchStatistics,
      precision: settings.precision)
    trainingPlan = try network.plan(
      for: [settings.batch, settings.side, settings.side, 3])
    optimizer = settings.makeOptimizer(for: parameters)
    schedule = settings.makeSchedule(stepCount: plan.stepCount)
  }

  /// A copy of the parameters as they are now.
  var parameters: Parameters { network.parameters.values }

  /// What the optimiser remembers.
  var optimizerState: Parameters { optimizer.state }

  /// Lets the optimiser go on from what another one remembered.
  func restore(_ state: Parameters) throws { try optimizer.restore(state) }

  /// Trains on one batch.
  ///
  /// - Parameters:
  ///   - batch: The pictures.
  ///   - step: The step's number, from 0.
  /// - Returns: What became of it.
  /// - Throws: ``TrainingError/diverged(step:quantity:)`` if a number is no longer finite.
  func train(on batch: LabelledBatch, step: Int) throws -> StepResult {
    var generator = SeededGenerator(seed: settings.seed, for: "dropout", step)
    let logits = try trainingPlan.forward(batch.images, seed: generator.next())[0]
    let loss = SoftmaxCrossEntropy(labelSmoothing: Float(settings.labelSmoothing))(
      logits: logits, labels: batch.labels, normalizer: Float(batch.labels.count))
    guard loss.value.isFinite else { throw TrainingError.diverged(step: step, quantity: "loss") }
    try trainingPlan.pullback([loss.gradient])
    let rate = schedule.rate(at: step)
    let norm = try update(rate: rate, step: step)
    return StepResult(
      loss: loss.value, correctCount: correctCount(logits, batch.labels), rate: rate,
      gradientNorm: norm)
  }

  private func update(rate: Float, step: Int) throws -> Float {
    do throws(EngineError) { return try optimizer.update(rate: rate) } catch {
      guard case .nonFiniteGradient(let parameter) = error else { throw error }
      throw TrainingError.diverged(step: step, quantity: "gradient of \(parameter)")
    }
  }

  /// Measures the network as it is now, running it as it will be used.
  ///
  /// - Parameters:
  ///   - folder: The data, of which the pictures to measure with are used.
  ///   - preprocessing: The network's.
  ///   - step: How many steps have been done.
  ///   - isWanted: Called before each batch with the number of pictures done; false gives up.
  /// - Returns: The share of pictures whose class came first and the mean cross-entropy, or nil if
  ///   given up.
  /// - Throws: ``TrainingError/diverged(step:quantity:)`` if a number is no longer finite; what
  ///   `isWanted` throws.
  func measure(
    on folder: ImageFolder, preprocessing: Preprocessing, step: Int,
    whileWanted isWanted: (Int) throws -> Bool
  ) throws -> (accuracy: Double, loss: Double)? {
    let current = try Network(stages, parameters: parameters, precision: settings.precision)
    let batches = ClassifierBatches.validation(
      on: folder, batch: settings.batch, preprocessing: preprocessing, threadCount: settings.threads
    )
    let count = folder.validation.count
    var (done, correct, loss) = (0, 0, 0.0)
    while try isWanted(done), let batch = try batches.next() {
      let logits = try current(batch.images)[0]
      correct += correctCount(logits, batch.labels)
      loss += Double(
        SoftmaxCrossEntropy()(logits: logits, labels: batch.labels, normalizer: 1).value)
      done += batch.labels.count
    }
    guard done == count else { return nil }
    guard loss.isFinite else {
      throw TrainingError.diverged(step: step, quantity: "loss of the validation pictures")
    }
    return (Double(correct) / Double(count), loss / Double(count))
  }

  /// How many rows have their largest number at their label.
  private func correctCount(_ logits: Tensor, _ labels: [Int]) -> Int {
    let values = logits.floats
    let classes = values.count / labels.count
    return labels.enumerated().count { row, label in
      let numbers = values[(row * classes)..<((row + 1) * classes)]
      // The first of equals: a network that tells nothing apart must not be right every time.
      let greatest = numbers.max()
      return numbers.firstIndex { $0 == greatest } == row * classes + label
    }
  }
}
