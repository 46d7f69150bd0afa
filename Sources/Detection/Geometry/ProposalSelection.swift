public import Boxes
internal import Glibc

/// Turns what the region proposal network says of each anchor into proposals.
///
/// The anchors of the largest logits are decoded and clipped to the image, small boxes dropped, and
/// boxes that overlap better ones suppressed. Ren et al., *Faster R-CNN*, 2015, section 3.3.
public struct ProposalSelection: Hashable, Codable, Sendable {
  /// Anchors that are looked at.
  public var candidates: Int
  /// The largest intersection over union of two proposals.
  public var overlap: Float
  /// Proposals an image, at most.
  public var count: Int
  /// The least width and height of a proposal, in pixels of the network's input.
  public var minimumSide: Float
  /// How probable an object must be at least, from 0 to 1.
  public var minimumObjectness: Float

  public init(
    candidates: Int, overlap: Float = 0.7, count: Int, minimumSide: Float = 1,
    minimumObjectness: Float = 0
  ) {
    (self.candidates, self.overlap) = (candidates, overlap)
    (self.count, self.minimumSide) = (count, minimumSide)
    self.minimumObjectness = minimumObjectness
  }

  /// Reads what was kept; where it says nothing of the least probability, there was none.
  public init(from decoder: any Decoder) throws {
    let kept = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      candidates: try kept.decode(Int.self, forKey: .candidates),
      overlap: try kept.decode(Float.self, forKey: .overlap),
      count: try kept.decode(Int.self, forKey: .count),
      minimumSide: try kept.decode(Float.self, forKey: .minimumSide),
      minimumObjectness: try kept.decodeIfPresent(Float.self, forKey: .minimumObjectness) ?? 0)
  }

  /// While the detector is trained: 2000 of 12000.
  public static let training = ProposalSelection(candidates: 12000, count: 2000)
  /// While the detector is used: 300 of 6000, of which those are left out that are hardly objects.
  ///
  /// With 0.03 and with 0 the detections on BCCD (train to val) have the same average precision, and
  /// less than half of the regions have to be looked at.
  public static let inference = ProposalSelection(
    candidates: 6000, count: 300, minimumObjectness: 0.03)

  /// Selects the proposals of an image.
  ///
  /// Anchors whose numbers are not finite, as those of a diverged network, propose nothing.
  ///
  /// - Parameters:
  ///   - logits: `[anchors]`.
  ///   - deltas: `[anchors, 4]`, coded relative to the anchors by ``BoxCoding/proposals``.
  ///   - anchors: In pixels of the network's input.
  ///   - isUsed: One an anchor; `nil` for all. The others propose nothing.
  ///   - width: The image's, in pixels of the network's input, padding not included.
  ///   - height: The image's.
  /// - Returns: Sorted by falling logit, of equals the first anchor first.
  public func callAsFunction(
    logits: UnsafeBufferPointer<Float>, deltas: UnsafeBufferPointer<Float>, anchors: [Box],
    isUsed: [Bool]? = nil, width: Float, height: Float
  ) -> [Proposal] {
    precondition(
      logits.count == anchors.count && deltas.count == anchors.count * 4
        && isUsed?.count ?? anchors.count == anchors.count,
      "expected a logit, four deltas and a flag an anchor")
    // log 0 is −∞, which every finite logit exceeds.
    let least = log(minimumObjectness) - log(1 - minimumObjectness)
    let usable = anchors.indices.lazy
      .filter { logits[$0].isFinite && logits[$0] >= least && isUsed?[$0] ?? true }
      .map { Int32($0) }
    let order = ScoreOrder.sorted(Array(usable), by: logits).prefix(candidates)
    var boxes: [Box] = []
    var indices: [Int] = []
    boxes.reserveCapacity(order.count)
    indices.reserveCapacity(order.count)
    for index in order.lazy.map({ Int($0) }) {
      let numbers = deltas.simd4(at: index)
      let box = BoxCoding.proposals.decode(numbers, relativeTo: anchors[index])
        .clipped(width: width, height: height)
      guard
        numbers.isFinite && box.isProper && box.width >= minimumSide && box.height >= minimumSide
      else { continue }
      boxes.append(box)
      indices.append(index)
    }
    return nonMaximumSuppression(boxes, overlap: overlap, limit: count)
      .map { Proposal(box: boxes[$0], logit: logits[indices[$0]]) }
  }
}
