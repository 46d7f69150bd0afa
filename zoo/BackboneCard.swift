public import Layers

/// What the catalogue knows of a backbone: where it comes from, and how to make it.
///
/// What follows from the layers (parameters, strides, channels) is not here: ask the extractor.
public struct BackboneCard: Sendable {
  /// Where an architecture was published.
  public struct Paper: Hashable, Sendable {
    public let title: String
    public let authors: String
    /// The year of the first version on arXiv.
    public let year: Int
    public let url: String
  }

  /// ImageNet weights that can be downloaded.
  public struct Weights: Hashable, Sendable {
    /// The file of the whole network, in Keras's HDF5 layout.
    public let url: String
    /// The checksum that Keras itself compares with, in hexadecimal; nil if it has none.
    public let md5: String?
    /// The licence of the weights, which is not always the licence of the code.
    public let licence: String
    /// The share of ImageNet's validation images whose class comes first, one centre crop, as
    /// published on <https://keras.io/api/applications>; from 0 to 1.
    public let topOneAccuracy: Double
  }

  /// The name on the command line and in checkpoints, for example `resnet50_v1`.
  public let name: String
  /// The name in prose, for example ResNet-50.
  public let title: String
  public let paper: Paper
  public let weights: Weights
  /// The width multipliers that the family has; nil if it has none.
  public let widthMultipliers: ClosedRange<Double>?
  private let isTimedWhole: Bool
  private let make: @Sendable (_ alpha: Double, _ classes: Int) -> any FeatureExtractor

  /// Makes the card of one fixed network, of which benchmarks run the whole or the body.
  init(
    _ name: String, _ title: String, _ paper: Paper, _ weights: Weights, isTimedWhole: Bool,
    make: @escaping @Sendable (_ classes: Int) -> any FeatureExtractor
  ) {
    (self.name, self.title, self.paper, self.weights) = (name, title, paper, weights)
    (self.isTimedWhole, self.widthMultipliers) = (isTimedWhole, nil)
    self.make = { _, classes in make(classes) }
  }

  /// Makes the card of a network of any width among `widthMultipliers`, 1 by default.
  init(
    _ name: String, _ title: String, _ paper: Paper, _ weights: Weights, isTimedWhole: Bool,
    widthMultipliers: ClosedRange<Double>,
    make: @escaping @Sendable (_ alpha: Double, _ classes: Int) -> any FeatureExtractor
  ) {
    (self.name, self.title, self.paper, self.weights) = (name, title, paper, weights)
    (self.isTimedWhole, self.widthMultipliers) = (isTimedWhole, widthMultipliers)
    self.make = make
  }

  /// Makes the network's description.
  ///
  /// - Parameters:
  ///   - alpha: The width multiplier; nil for the paper's own width.
  ///   - classes: How many classes the classifier tells apart; ImageNet has 1000.
  /// - Returns: The description, without weights.
  /// - Throws: ``CatalogueError`` if the family has no width multiplier, or not this one.
  public func makeExtractor(
    alpha: Double? = nil, classes: Int = 1000
  ) throws(CatalogueError) -> any FeatureExtractor {
    guard let alpha else { return make(1, classes) }
    guard let widthMultipliers else { throw .widthMultiplier(alpha, backbone: name, allowed: nil) }
    guard widthMultipliers ~= alpha else {
      throw .widthMultiplier(alpha, backbone: name, allowed: widthMultipliers)
    }
    return make(alpha, classes)
  }

  /// The part of the network that benchmarks run.
  ///
  /// Published timings of VGG and MobileNet are of the body, up to the last map; those of ResNet
  /// count the pooling and the classifier.
  ///
  /// - Parameter extractor: What ``makeExtractor(alpha:classes:)`` made.
  /// - Returns: The stages, first to last.
  public func benchmarkedStages(of extractor: any FeatureExtractor) -> [Stage] {
    if isTimedWhole { return extractor.stages }
    return Array(
      extractor.stages.prefix { stage in
        !stage.layers.contains { $0 is Flatten || $0 is GlobalAveragePool }
      })
  }
}
