public import Layers

/// What the catalogue knows of a backbone: where it comes from, and how to make it.
///
/// What follows from the layers (parameters, strides, channels) is not here: ask the extractor.
public struct BackboneCard: Sendable {
  /// Where an architecture was published.
  public struct Paper: Hashable, Sendable {
    /// What its networks are called together, for example ResNet.
    public let family: String
    public let title: String
    public let authors: String
    /// The year of its first version, on arXiv where it is there.
    public let year: Int
    public let url: String
  }

  /// A checkpoint of TensorFlow in a `.tar.gz`.
  public struct ArchivedCheckpoint: Hashable, Sendable {
    /// What its files' names begin with, without folders.
    public let name: String
    /// What each file's name ends in besides: nothing in version 1, which has one file; the index
    /// first in version 2.
    public let endings: [String]

    init(_ name: String, endings: [String] = [""]) {
      (self.name, self.endings) = (name, endings)
    }

    /// The files' names.
    public var fileNames: [String] { endings.map { name + $0 } }
  }

  /// ImageNet weights that can be downloaded.
  public struct Weights: Hashable, Sendable {
    /// What tells a whole file from a damaged one, in hexadecimal.
    public enum Checksum: Hashable, Sendable {
      case md5(String)
      /// The digest, or as much of its beginning as its publisher tells.
      case sha256(String)
    }

    /// The file of the whole network, or the archive that it is in.
    public let url: String
    /// What the publisher's own program compares the file at ``url`` with; nil if it has nothing.
    public let checksum: Checksum?
    /// What of the archive is the weights; nil if the file at ``url`` itself is.
    public let archivedCheckpoint: ArchivedCheckpoint?
    /// Whose implementation of the network they were trained in.
    public let variant: Variant
    /// The width that they are of; nil for the paper's own.
    public let alpha: Double?
    /// How many classes their classifier tells apart: ImageNet's 1000, or 1001 with one, the first,
    /// for everything else.
    public let classes: Int
    /// The licence of the weights, which is not always the licence of the code.
    public let licence: String
    /// The share of ImageNet's validation images whose class comes first, from 0 to 1.
    ///
    /// Of one centre crop, as their publisher says; nil if it does not.
    public let topOneAccuracy: Double?

    init(
      _ url: String, _ checksum: Checksum?, inArchive archivedCheckpoint: ArchivedCheckpoint? = nil,
      variant: Variant = .keras, alpha: Double? = nil, classes: Int = 1000, licence: String,
      topOneAccuracy: Double?
    ) {
      (self.url, self.checksum, self.archivedCheckpoint) = (url, checksum, archivedCheckpoint)
      (self.variant, self.alpha) = (variant, alpha)
      (self.classes, self.licence, self.topOneAccuracy) = (classes, licence, topOneAccuracy)
    }
  }

  /// The name on the command line and in checkpoints, for example `resnet50_v1`.
  public let name: String
  /// The name in prose, for example ResNet-50.
  public let title: String
  public let paper: Paper
  /// The weights that are known of, the recommended first; none for networks without any.
  public let weights: [Weights]
  /// Whose implementations there are, the usual one first.
  public let variants: [Variant]
  /// The width multipliers that the family has; nil if it has none.
  public let widthMultipliers: ClosedRange<Double>?
  private let isTimedWhole: Bool
  private let make: @Sendable (BackboneConfiguration, _ classes: Int) -> any FeatureExtractor

  /// Makes a card.
  ///
  /// - Parameters:
  ///   - name: The name on the command line.
  ///   - title: The name in prose.
  ///   - paper: Where it was published.
  ///   - weights: The weights that are known of, the recommended first.
  ///   - isTimedWhole: Whether benchmarks run the whole network, not only its body.
  ///   - variants: Whose implementations there are, the usual one first.
  ///   - widthMultipliers: The widths that the family has; nil if it has one only.
  ///   - make: Makes the network; the configuration has been checked, and its feature stride is
  ///     seen to.
  init(
    _ name: String, _ title: String, _ paper: Paper, _ weights: [Weights], isTimedWhole: Bool,
    variants: [Variant] = [.keras], widthMultipliers: ClosedRange<Double>? = nil,
    make: @escaping @Sendable (BackboneConfiguration, _ classes: Int) -> any FeatureExtractor
  ) {
    (self.name, self.title, self.paper, self.weights) = (name, title, paper, weights)
    (self.isTimedWhole, self.variants) = (isTimedWhole, variants)
    (self.widthMultipliers, self.make) = (widthMultipliers, make)
  }

  /// Makes the network's description.
  ///
  /// - Parameters:
  ///   - configuration: Which of the family's networks; nil for the usual one.
  ///   - classes: How many classes the classifier tells apart; ImageNet has 1000.
  /// - Returns: The description, without weights.
  /// - Throws: ``CatalogueError`` if the family has no such network.
  public func makeExtractor(
    _ configuration: BackboneConfiguration? = nil, classes: Int = 1000
  ) throws(CatalogueError) -> any FeatureExtractor {
    let configuration = configuration ?? BackboneConfiguration(variant: variants[0])
    if let alpha = configuration.alpha {
      guard let widthMultipliers else {
        throw .widthMultiplier(alpha, backbone: name, allowed: nil)
      }
      guard widthMultipliers ~= alpha else {
        throw .widthMultiplier(alpha, backbone: name, allowed: widthMultipliers)
      }
    }
    guard variants.contains(configuration.variant) else {
      throw .variant(configuration.variant, backbone: name, allowed: variants)
    }
    let extractor = make(configuration, classes)
    guard let stride = configuration.featureStride else { return extractor }
    do {
      return try extractor.dilated(toStride: stride)
    } catch {
      throw .featureStride(backbone: name, reason: error.description)
    }
  }

  /// The part of the network that benchmarks run.
  ///
  /// Published timings of VGG and MobileNet are of the body, up to the last map; those of ResNet
  /// count the pooling and the classifier.
  ///
  /// - Parameter extractor: What ``makeExtractor(_:classes:)`` made.
  /// - Returns: The stages, first to last.
  public func benchmarkedStages(of extractor: any FeatureExtractor) -> [Stage] {
    if isTimedWhole { return extractor.stages }
    return Array(
      extractor.stages.prefix { stage in
        !stage.layers.contains { $0 is Flatten || $0 is GlobalAveragePool }
      })
  }
}
