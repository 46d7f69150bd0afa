public import Datasets
public import Detection
public import Engine
public import Layers

/// What is restored from a checkpoint.
public enum CheckpointType: String, Codable, CaseIterable, Sendable {
  /// The backbone: its image stages and, where they run for regions, its region stages. From any
  /// Keras file of the network; the proposal network and the heads are new.
  case classification
  /// All of a detector but the rows of its predictors for classes that it does not know: those of
  /// classes of the same name are carried over.
  case detection
  /// All of a detector, whose classes are the same.
  case full
}

/// Everything that a detector's training run depends on but its data and first weights.
public struct DetectorSettings: RunSettings {
  public static var changeable: Set<String> { ["data", "images", "epochs", "threads"] }

  public var backbone: String
  public var configuration = BackboneConfiguration()
  public var weights: String?
  public var checkpointType = CheckpointType.classification
  public var allowMissing: [String] = []
  public var allowUnused: [String] = []
  /// Classes of the checkpoint that have another name here, `old=new`.
  public var remap: [String] = []

  /// The folder or file of the data set.
  public var data: String
  /// The folder of its images, where that cannot be guessed.
  public var images: String?
  /// The part to train on.
  public var split: String
  /// The part to measure with.
  public var valSplit: String?
  /// The classes to tell apart; empty for all that the data set has.
  public var classes: [String] = []
  public var coordinates = CoordinateConvention.automatic

  public var freeze: [String] = []
  public var batchNorm = BatchNormPolicy.stored

  public var detector = FasterRCNNSettings()
  public var learning = DetectorTrainingSettings()
  public var augmentation = DetectionAugmentation()

  public var schedule = DetectorSchedule.joint
  public var epochs = 12
  /// The epochs of each of the four steps of the alternating schedule; empty for 2 : 1 : 2 : 1.
  public var stepEpochs: [Int] = []
  public var batch = 2
  /// The learning rate after the warm-up.
  public var rate: Double
  public var momentum = 0.9
  public var weightDecay = 1e-4
  public var warmUp = 100
  /// After which shares of the steps the rate falls to a tenth.
  public var rateDrops = [0.7, 0.9]
  public var clipNorm: Double? = 10

  public var seed: UInt64 = 0
  public var precision: Precision
  public var threads: Int

  public init(
    backbone: String, data: String, split: String, precision: Precision, threads: Int
  ) {
    (self.backbone, self.data, self.split) = (backbone, data, split)
    (self.precision, self.threads) = (precision, threads)
    rate = Self.usualRate(batch: batch)
  }

  /// The learning rate for a number of images in a step: 0.0025 for each.
  public static func usualRate(batch: Int) -> Double { 0.0025 * Double(batch) }

  /// The phases of the run.
  public var phases: [DetectorPhase] {
    schedule.phases(epochs: epochs, stepEpochs: stepEpochs.isEmpty ? nil : stepEpochs)
  }

  /// Refuses numbers that make no sense.
  ///
  /// - Throws: ``TrainingError/setting(name:expected:found:)``.
  public func check() throws(TrainingError) {
    try checkDescent(greatestBatch: 1024)
    let usesSteps = schedule == .alternating
    try Self.require(
      stepEpochs.isEmpty
        || (usesSteps && stepEpochs.count == 4
          && stepEpochs.allSatisfy { 1...1_000_000 ~= $0 }),
      "step-epochs", "four numbers from 1 for the alternating schedule",
      stepEpochs.map { "\($0)" }.joined(separator: " "))
    try Self.require(
      rateDrops.allSatisfy { 0...1 ~= $0 }, "rate-drops", "shares from 0 to 1",
      rateDrops.map { "\($0)" }.joined(separator: " "))
    let size = detector.imageSize
    try Self.require(
      32...8192 ~= size.shorterSide, "size", "a shorter side of 32 to 8192", size.shorterSide)
    try Self.require(
      size.longerSide >= size.shorterSide && size.longerSide <= 16384, "size",
      "a longer side from the shorter one to 16384", size.longerSide)
    let anchors = detector.anchors
    for (name, numbers) in [("anchor-sides", anchors.sides), ("anchor-ratios", anchors.ratios)] {
      try Self.require(
        1...64 ~= numbers.count && numbers.allSatisfy { $0 > 0 && $0.isFinite }, name,
        "1 to 64 numbers above 0", numbers.map { "\($0)" }.joined(separator: " "))
    }
    try Self.require(
      detector.proposalChannels.map { 1...4096 ~= $0 } ?? true, "proposal-channels", "1 to 4096",
      detector.proposalChannels ?? 0)
    let jitter = augmentation.scaleJitter
    try Self.require(
      jitter.lowerBound >= 0.1 && jitter.upperBound <= 10, "jitter", "factors from 0.1 to 10",
      jitter)
    try Self.require(
      0...1 ~= augmentation.colorJitter, "color-jitter", "0 to 1", augmentation.colorJitter)
    for (name, weight) in DetectionLosses.byName {
      let value = learning.lossWeights[keyPath: weight]
      try Self.require(
        value >= 0 && value.isFinite, "loss-weight \(name)", "a number from 0", value)
    }
    for word in remap {
      try Self.require(
        word.split(separator: "=", omittingEmptySubsequences: false).count == 2
          && !word.hasPrefix("=") && !word.hasSuffix("="), "remap", "old=new", word)
    }
  }
}

extension DetectorSettings {
  /// The rule that changes the parameters.
  func makeOptimizer(for parameters: TrainableParameters) -> Optimizer {
    makeOptimizer(.sgd(momentum: Float(momentum), nesterov: false), for: parameters)
  }

  /// The learning rate of each step of a phase.
  func makeSchedule(stepCount: Int) -> LearningRateSchedule {
    makeSchedule(
      stepCount: stepCount, decay: .step(atFractions: rateDrops, of: stepCount, factor: 0.1))
  }
}
