public import Detection
public import Layers

/// What a trained detector is.
public struct DetectorDescription: NetworkDescription {
  public typealias Score = DetectorScore

  public static var kind: String { "detector" }
  public static var leastClassCount: Int { 1 }

  /// The backbone's name in the catalogue.
  public let backbone: String
  public let configuration: BackboneConfiguration
  /// The classes' names, in the order of the network's outputs; the background is none of them.
  public let classes: [String]
  /// How an image becomes the first layer's input.
  public let preprocessing: Preprocessing
  public let settings: FasterRCNNSettings

  public init(
    backbone: String, configuration: BackboneConfiguration = BackboneConfiguration(),
    classes: [String], preprocessing: Preprocessing, settings: FasterRCNNSettings
  ) {
    (self.backbone, self.configuration, self.classes) = (backbone, configuration, classes)
    (self.preprocessing, self.settings) = (preprocessing, settings)
  }
}

/// A detector in a file.
public typealias DetectorCheckpoint = Checkpoint<DetectorDescription>

/// How well a detector does on images that it has not been trained on.
public struct DetectorScore: NetworkScore {
  public let epoch: Int
  public let step: Int
  /// The mean all-point average precision at an overlap of 0.5; nil where it was not measured.
  public let meanAveragePrecision: Double?
  /// The recall of the first 300 proposals of each image; nil where it was not measured.
  public let proposalRecall: Double?

  public func isBetter(than other: DetectorScore?) -> Bool {
    guard let other, let quality, let otherQuality = other.quality else { return true }
    return quality > otherQuality
  }

  /// What the best is chosen by.
  private var quality: Double? { meanAveragePrecision ?? proposalRecall }
}
