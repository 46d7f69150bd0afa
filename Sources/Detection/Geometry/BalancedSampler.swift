public import Datasets

/// Draws the boxes that a step trains on: a given number, a limited share of them with an object.
///
/// Ren et al., *Faster R-CNN*, 2015, section 3.1.3; Girshick, *Fast R-CNN*, 2015, section 2.3.
public struct BalancedSampler: Hashable, Codable, Sendable {
  /// Boxes drawn, if there are so many.
  public var count: Int
  /// The largest share of ``count`` that have an object, from 0 to 1; background makes up for less.
  public var positiveShare: Float

  public init(count: Int, positiveShare: Float) {
    precondition(count >= 0, "expected a count of at least 0, found \(count)")
    precondition((0...1).contains(positiveShare), "expected a share from 0 to 1")
    (self.count, self.positiveShare) = (count, positiveShare)
  }

  /// For anchors: 256 an image, half with an object.
  public static let anchors = BalancedSampler(count: 256, positiveShare: 0.5)
  /// For regions: 128 an image, a quarter with an object.
  public static let regions = BalancedSampler(count: 128, positiveShare: 0.25)

  /// Draws boxes without replacement, all sets of them being equally likely.
  ///
  /// - Parameters:
  ///   - matches: For each box the index of its object, or ``BoxMatcher/Matches/background``; those
  ///     that are ``BoxMatcher/Matches/ignored`` are never drawn.
  ///   - generator: Decides which.
  /// - Returns: The indices of boxes with an object and of background, each rising.
  public func sample(
    _ matches: [Int32], using generator: inout SeededGenerator
  ) -> (positive: [Int], negative: [Int]) {
    let positive = Self.draw(
      Int(Float(count) * positiveShare), of: matches.indices.filter { matches[$0] >= 0 },
      using: &generator)
    let negative = Self.draw(
      count - positive.count,
      of: matches.indices.filter { matches[$0] == BoxMatcher.Matches.background },
      using: &generator)
    return (positive, negative)
  }

  /// Draws by the first steps of Fisher and Yates.
  private static func draw(
    _ count: Int, of indices: [Int], using generator: inout SeededGenerator
  ) -> [Int] {
    guard indices.count > count else { return indices }
    var indices = indices
    for place in 0..<count {
      indices.swapAt(place, place + generator.index(below: indices.count - place))
    }
    return indices[..<count].sorted()
  }
}
