import ArgumentParser
import Training

/// What does not change in training.
struct FreezeOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "What keeps its weights (default: the first two stages; none from scratch).",
      discussion:
        "Each is a stage, a layer, a /regex/ found in layers' names, a range i:j of layers counted "
        + "from 0, or 'none'. --dry-run lists the stages.",
      valueName: "SEL"))
  var freeze: [String] = []

  @Flag(help: "Also keep the scales and shifts of all batch normalisations.")
  var freezeBn = false

  @Flag(
    help:
      "Normalise with the statistics of the batch, to train from scratch; --weights may be absent."
  )
  var batchStatistics = false

  func validate() throws {
    if freezeBn && batchStatistics {
      throw ValidationError("--freeze-bn and --batch-statistics exclude each other")
    }
    if freeze.contains("none") && freeze.count > 1 {
      throw ValidationError("--freeze: 'none' stands alone, found \(freeze.joined(separator: " "))")
    }
  }

  func apply(to settings: inout some RunSettings) {
    if !freeze.isEmpty { settings.freeze = freeze == ["none"] ? [] : freeze }
    if freezeBn { settings.batchNorm = .frozen }
    if batchStatistics { settings.batchNorm = .batch }
  }
}
