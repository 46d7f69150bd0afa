/// The four losses of a detector, or what each counts.
public struct DetectionLosses: Hashable, Codable, Sendable {
  /// Whether an anchor is an object: binary cross-entropy, the mean of the sampled anchors.
  public var proposalObjectness: Float
  /// How an object's anchor is to change: smooth L1, summed over the object's anchors, by the number
  /// of sampled ones.
  public var proposalBox: Float
  /// What a region is: cross-entropy, the mean of the sampled regions.
  public var regionClass: Float
  /// How an object's region is to change: smooth L1, summed over the objects' regions, by the number
  /// of sampled ones.
  public var regionBox: Float

  public init(
    proposalObjectness: Float, proposalBox: Float, regionClass: Float, regionBox: Float
  ) {
    (self.proposalObjectness, self.proposalBox) = (proposalObjectness, proposalBox)
    (self.regionClass, self.regionBox) = (regionClass, regionBox)
  }

  /// The same number for each.
  public init(each number: Float) {
    self.init(
      proposalObjectness: number, proposalBox: number, regionClass: number, regionBox: number)
  }

  /// Each loss by the name that the command line has for it, of the stage and of what it is about.
  public static let byName:
    KeyValuePairs<String, any WritableKeyPath<DetectionLosses, Float> & Sendable> = [
      "rpn.objectness": \.proposalObjectness, "rpn.box": \.proposalBox,
      "heads.class": \.regionClass, "heads.box": \.regionBox,
    ]

  /// The sum of the losses, each times its weight.
  public func total(weights: DetectionLosses) -> Float {
    Self.byName.reduce(0) { $0 + self[keyPath: $1.value] * weights[keyPath: $1.value] }
  }

  static func += (sum: inout DetectionLosses, part: DetectionLosses) {
    for (_, loss) in byName { sum[keyPath: loss] += part[keyPath: loss] }
  }
}
