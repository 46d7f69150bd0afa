public import Layers

/// What a trained classifier is.
public struct ClassifierDescription: NetworkDescription {
  public typealias Score = ClassifierScore

  public static var kind: String { "classifier" }
  public static var leastClassCount: Int { 2 }

  /// The backbone's name in the catalogue.
  public let backbone: String
  public let configuration: BackboneConfiguration
  /// The classes' names, in the order of the network's outputs.
  public let classes: [String]
  /// How an image becomes the first layer's input, and of which size.
  public let preprocessing: Preprocessing

  public init(
    backbone: String, configuration: BackboneConfiguration = BackboneConfiguration(),
    classes: [String], preprocessing: Preprocessing
  ) {
    (self.backbone, self.configuration) = (backbone, configuration)
    (self.classes, self.preprocessing) = (classes, preprocessing)
  }
}

/// A classifier in a file.
public typealias ClassifierCheckpoint = Checkpoint<ClassifierDescription>

extension Preprocessing {
  /// The same arithmetic for images of another size.
  public func resized(to side: Int) -> Preprocessing {
    Preprocessing(
      channelOrder: channelOrder, scale: scale, mean: mean, standardDeviation: standardDeviation,
      imageSide: side)
  }
}
