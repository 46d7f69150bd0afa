public import Layers

/// What a trained classifier is.
public struct ClassifierDescription: NetworkDescription {
  public typealias Score = ClassifierScore

  public static var kind: String { "classifier" }
  public static var leastClassCount: Int { 2 }

  /// The backbone's name in the catalogue.
  public let backbone: String
  /// The backbone's width multiplier, if it has one.
  public let alpha: Double?
  /// The classes' names, in the order of the network's outputs.
  public let classes: [String]
  /// How an image becomes the first layer's input, and of which size.
  public let preprocessing: Preprocessing

  public init(backbone: String, alpha: Double?, classes: [String], preprocessing: Preprocessing) {
    (self.backbone, self.alpha) = (backbone, alpha)
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
