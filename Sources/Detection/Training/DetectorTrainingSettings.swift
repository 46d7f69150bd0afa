/// What a detector learns from, and how much of it.
///
/// Sources of the numbers are the paper and py-faster-rcnn unless said otherwise.
public struct DetectorTrainingSettings: Hashable, Codable, Sendable {
  /// Which anchors are objects: from an overlap of 0.7, or the best of an object; below 0.3 they are
  /// background, and between the two neither.
  public var anchorMatcher = BoxMatcher.anchors
  /// Of an image, 256 anchors, at most half of them objects.
  public var anchorSampler = BalancedSampler.anchors
  /// Of an image, 2000 of the 12000 best anchors.
  public var proposals = ProposalSelection.training
  /// Which proposals are objects: from an overlap of 0.5; all others are background.
  public var regionMatcher = BoxMatcher.regions
  /// Of an image, 128 regions, at most a quarter of them objects.
  public var regionSampler = BalancedSampler.regions
  /// Where the loss of a proposal's box becomes linear.
  public var proposalBoxBeta: Float = 1.0 / 9
  /// Where the loss of a region's box becomes linear.
  public var regionBoxBeta: Float = 1
  /// What each loss counts.
  public var lossWeights = DetectionLosses(each: 1)

  public init() {}
}
