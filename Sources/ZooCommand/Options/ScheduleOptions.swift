public import ArgumentParser
public import Training

/// How long and how fast to train.
struct ScheduleOptions: ParsableArguments, DescentOptions {
  @Option(help: "How often each picture is seen (default: 10).")
  var epochs: Int?

  @Option(help: "Pictures in a step (default: 16).")
  var batch: Int?

  @Option(help: "sgd, with momentum, or adam (default: sgd).")
  var optimizer: ClassifierSettings.Method?

  @Option(help: "The highest learning rate (default: sgd 0.01 · batch / 32, adam 0.0001).")
  var rate: Double?

  @Option(help: "The momentum of sgd (default: 0.9).")
  var momentum: Double?

  @Option(help: "The decay of kernels (default: 0.0001).")
  var weightDecay: Double?

  @Option(help: "Steps until the highest rate (default: a tenth of all, 100 at most).")
  var warmUp: Int?

  @Option(help: "The greatest norm of a step's gradients, 0 for none (default: 10).")
  var clipNorm: Double?

  @Option(help: "The share of a target that is spread over all classes (default: 0).")
  var labelSmoothing: Double?

  @Option(help: "Chooses the split, the order, the crops and new weights (default: 0).")
  var seed: UInt64?

  func apply(to settings: inout ClassifierSettings) {
    applyDescent(to: &settings)
    if let optimizer { settings.optimizer = optimizer }
    if let labelSmoothing { settings.labelSmoothing = labelSmoothing }
  }

  /// Fills in what follows from the rest, for a new run.
  func complete(_ settings: inout ClassifierSettings, exampleCount: Int) {
    if rate == nil {
      settings.rate = ClassifierSettings.usualRate(
        optimizer: settings.optimizer, batch: settings.batch)
    }
    if warmUp == nil { settings.warmUp = settings.usualWarmUp(exampleCount: exampleCount) }
  }
}

extension ClassifierSettings.Method: ExpressibleByArgument {}
