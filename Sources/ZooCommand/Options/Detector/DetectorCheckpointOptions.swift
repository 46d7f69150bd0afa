import ArgumentParser
import Detection
import Engine
import Layers
import Training
import Zoo

/// Which trained detector.
struct DetectorCheckpointOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A run of 'zoo train', of which best.h5 is used, or its file.", valueName: "RUN"))
  var checkpoint: String

  @Option(
    help: "How probable an object must be in a region to be looked at (default: the checkpoint's).")
  var minimumObjectness: Float?

  @Option(help: "How sure a detection must be, from 0 to 1 (default: 0.05).")
  var minimumScore: Float?

  @Option(help: "How much detections of one class may overlap (default: 0.5).")
  var overlap: Float?

  @Option(help: "How many detections an image has at most (default: 100).")
  var maxDetections: Int?

  func validate() throws {
    for (name, value) in [
      ("minimum-objectness", minimumObjectness), ("minimum-score", minimumScore),
      ("overlap", overlap),
    ] {
      if let value, !(0...1 ~= value) {
        throw ValidationError("--\(name): expected 0 to 1, found \(value)")
      }
    }
    if let maxDetections, maxDetections < 1 {
      throw ValidationError("--max-detections: expected at least 1, found \(maxDetections)")
    }
  }

  /// Reads the detector and refuses everything that does not fit.
  func detector(precision: Precision) throws -> Detector {
    let checkpoint = try DetectorCheckpoint(of: checkpoint)
    let description = checkpoint.description
    let extractor = try Catalogue.extractor(
      named: description.backbone, description.configuration)
    var settings = description.settings
    if let minimumObjectness { settings.proposals.minimumObjectness = minimumObjectness }
    if let minimumScore { settings.detections.minimumScore = minimumScore }
    if let overlap { settings.detections.overlap = overlap }
    if let maxDetections { settings.detections.count = maxDetections }
    let architecture = try FasterRCNN(
      extractor, classes: description.classes, settings: settings)
    return try Detector(
      architecture, parameters: try checkpoint.parameters(architecture.outline().parameters),
      precision: precision)
  }
}
