public import Boxes

/// Which object each reference box, an anchor or a region, is to be trained on.
///
/// A box is matched with the object that it overlaps most, the first of equals, if the intersection
/// over union reaches ``foreground``; it is background below ``background``, and left out in
/// between. Ren et al., *Faster R-CNN*, 2015, section 3.1.2; ties as in torchvision's `Matcher`.
public struct BoxMatcher: Hashable, Codable, Sendable {
  /// The least intersection over union of a box with its object.
  public var foreground: Float
  /// What the largest intersection over union of background lies below.
  public var background: Float
  /// Whether the boxes that overlap an object most are matched whatever the overlap, ties included.
  public var keepsBestOfEachObject: Bool
  /// The share of a box within one object to be ignored from which on it is no background.
  public var ignoredShare: Float

  public init(
    foreground: Float, background: Float, keepsBestOfEachObject: Bool, ignoredShare: Float = 0.5
  ) {
    precondition(background <= foreground, "expected a background threshold not above foreground's")
    (self.foreground, self.background) = (foreground, background)
    (self.keepsBestOfEachObject, self.ignoredShare) = (keepsBestOfEachObject, ignoredShare)
  }

  /// For anchors: 0.7 and 0.3, and the best of each object.
  public static let anchors = BoxMatcher(
    foreground: 0.7, background: 0.3, keepsBestOfEachObject: true)
  /// For regions: 0.5, none left out.
  public static let regions = BoxMatcher(
    foreground: 0.5, background: 0.5, keepsBestOfEachObject: false)

  /// What each box is matched with.
  public struct Matches: Hashable, Sendable {
    /// The object of a box that shows none.
    public static let background: Int32 = -1
    /// The object of a box that is not to be trained on.
    public static let ignored: Int32 = -2

    /// For each box the index of its object, or ``background``, or ``ignored``.
    public var objects: [Int32]
    /// For each box its largest intersection over union with an object.
    ///
    /// It may be 0 for boxes not used.
    public var overlaps: [Float]

    public init(objects: [Int32], overlaps: [Float]) {
      (self.objects, self.overlaps) = (objects, overlaps)
    }
  }

  /// Matches boxes with objects.
  ///
  /// With ``keepsBestOfEachObject``, a box that overlaps some object more than any other box does
  /// is matched with the object that *it* overlaps most, as in torchvision. An object that no box
  /// overlaps has no best one.
  ///
  /// - Parameters:
  ///   - boxes: Anchors or regions.
  ///   - objects: What is to be found.
  ///   - isUsed: One a box; `nil` for all. The others are ignored, but for the best of objects that
  ///     no used box overlaps.
  ///   - ignoring: Objects that are neither to be found nor background, like VOC's difficult ones
  ///     or COCO's crowds. Background of which ``ignoredShare`` or more lies in one of them is
  ///     ignored.
  /// - Returns: One match a box.
  public func match(
    _ boxes: [Box], to objects: [Box], isUsed: [Bool]? = nil, ignoring: [Box] = []
  ) -> Matches {
    precondition(
      isUsed.map { $0.count == boxes.count } ?? true, "expected one flag a box in isUsed")
    var matches = Matches(
      objects: Array(repeating: Matches.ignored, count: boxes.count),
      overlaps: Array(repeating: 0, count: boxes.count))
    var nearest = [Int32](repeating: -1, count: boxes.count)
    var comparison = BestBoxes(objects, isCollecting: keepsBestOfEachObject)
    for index in boxes.indices where isUsed?[index] ?? true {
      let (object, overlap) = comparison.compare(boxes[index], index: index)
      (nearest[index], matches.overlaps[index]) = (object, overlap)
      if overlap < background || object < 0 {
        matches.objects[index] = Matches.background
      } else if overlap >= foreground {
        matches.objects[index] = object
      }
    }
    if !ignoring.isEmpty {
      for index in boxes.indices where matches.objects[index] == Matches.background {
        if isCovered(boxes[index], by: ignoring) { matches.objects[index] = Matches.ignored }
      }
    }
    guard keepsBestOfEachObject else { return matches }
    if let isUsed, comparison.collectForMissing() {
      for index in boxes.indices where !isUsed[index] {
        (nearest[index], matches.overlaps[index]) = comparison.compare(boxes[index], index: index)
      }
    }
    for index in comparison.best.joined() { matches.objects[index] = nearest[index] }
    return matches
  }

  private func isCovered(_ box: Box, by ignored: [Box]) -> Bool {
    let area = box.area
    return area > 0 && ignored.contains { box.intersection(with: $0) >= ignoredShare * area }
  }
}
