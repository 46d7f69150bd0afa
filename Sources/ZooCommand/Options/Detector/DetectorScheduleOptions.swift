public import ArgumentParser
import Datasets
import Detection
public import Training

/// In which order, how long and how fast to train.
struct DetectorScheduleOptions: ParsableArguments, DescentOptions {
  @Option(
    help: ArgumentHelp(
      "All parts at once, in the four alternating steps of the paper, or proposals alone "
        + "(default: joint).", valueName: "joint|alternating|rpn"))
  var schedule: DetectorSchedule?

  @Option(help: "How often each image is seen, in all steps together (default: 12).")
  var epochs: Int?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "The epochs of each of the four alternating steps (default: 2 : 1 : 2 : 1 of --epochs).",
      valueName: "N"))
  var stepEpochs: [Int] = []

  @Option(help: "Images in a step (default: 2).")
  var batch: Int?

  @Option(help: "The learning rate (default: 0.0025 for each image in a step).")
  var rate: Double?

  @Option(help: "The momentum of gradient descent (default: 0.9).")
  var momentum: Double?

  @Option(help: "The decay of kernels (default: 0.0001).")
  var weightDecay: Double?

  @Option(help: "Steps until the full rate (default: 100).")
  var warmUp: Int?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "After which shares of the steps the rate falls to a tenth (default: 0.7 0.9).",
      valueName: "SHARE"))
  var rateDrops: [Double] = []

  @Option(help: "The greatest norm of a step's gradients, 0 for none (default: 10).")
  var clipNorm: Double?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "What a loss counts, for example rpn.box=10 (default: 1). A stage's name stands for both.",
      valueName: "LOSS=W"))
  var lossWeight: [LossWeight] = []

  @Option(
    help: ArgumentHelp(
      "The factors by which images are resized besides (default: 1:1, not at all).",
      valueName: "LOW:HIGH"))
  var jitter: ScaleJitter?

  @Option(help: "How far colours are varied, from 0 to 1 (default: 0).")
  var colorJitter: Double?

  @Flag(help: "Do not mirror every other image.")
  var noMirror = false

  @Option(help: "Chooses the order, the variations, samples and new weights (default: 0).")
  var seed: UInt64?

  func apply(to settings: inout DetectorSettings) {
    if let batch { settings.rate = DetectorSettings.usualRate(batch: batch) }
    applyDescent(to: &settings)
    if let schedule { settings.schedule = schedule }
    if !stepEpochs.isEmpty { settings.stepEpochs = stepEpochs }
    if !rateDrops.isEmpty { settings.rateDrops = rateDrops }
    for weight in lossWeight {
      for loss in weight.losses { settings.learning.lossWeights[keyPath: loss] = weight.weight }
    }
    if let jitter { settings.augmentation.scaleJitter = jitter.range }
    if let colorJitter { settings.augmentation.colorJitter = colorJitter }
    if noMirror { settings.augmentation.mirrorShare = 0 }
  }
}

/// A loss, or both of a stage, with what it counts.
struct LossWeight: ExpressibleByArgument {
  let losses: [any WritableKeyPath<DetectionLosses, Float> & Sendable]
  let weight: Float

  init?(argument: String) {
    let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2, let weight = Float(parts[1]) else { return nil }
    losses = DetectionLosses.byName.filter {
      $0.key == parts[0] || $0.key.hasPrefix("\(parts[0]).")
    }.map(\.value)
    self.weight = weight
    guard !losses.isEmpty, weight >= 0, weight.isFinite else { return nil }
  }
}

/// Factors of size from a least to a greatest.
struct ScaleJitter: ExpressibleByArgument {
  let range: ClosedRange<Double>

  init?(argument: String) {
    let ends = argument.split(separator: ":").compactMap { Double($0) }
    guard ends.count == 2, 0.1 <= ends[0], ends[0] <= ends[1], ends[1] <= 10 else { return nil }
    range = ends[0]...ends[1]
  }
}

extension DetectorSchedule: ExpressibleByArgument {}
