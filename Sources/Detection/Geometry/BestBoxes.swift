internal import Boxes

/// Objects that boxes are compared with one by one, and for each the boxes that overlap it most.
struct BestBoxes {
  private struct Object {
    let box: Box
    let area: Float
    /// Whether boxes that overlap it most are wanted.
    var isCollecting: Bool
    /// The largest overlap so far.
    ///
    /// Starts above zero, since a box that overlaps nothing is no best one, and at a normal number,
    /// because threads that flush denormals take smaller ones for zero.
    var overlap = Float.leastNormalMagnitude
  }

  private var objects: [Object]
  /// The indices of the boxes that overlap each object most.
  private(set) var best: [[Int]]

  /// Makes a comparison with objects that have no best boxes yet.
  init(_ objects: [Box], isCollecting: Bool) {
    self.objects = objects.map { Object(box: $0, area: $0.area, isCollecting: isCollecting) }
    best = Array(repeating: [], count: objects.count)
  }

  /// Lets further boxes be the best only of objects that have none, and tells whether there are
  /// any.
  mutating func collectForMissing() -> Bool {
    for index in objects.indices where !best[index].isEmpty { objects[index].isCollecting = false }
    return objects.contains(where: \.isCollecting)
  }

  /// Compares a box with all objects.
  ///
  /// - Returns: The object that it overlaps most, of equals the first, or -1; and how much.
  mutating func compare(_ box: Box, index: Int) -> (object: Int32, overlap: Float) {
    let area = box.area
    var (nearest, largest): (Int32, Float) = (-1, 0)
    for candidate in objects.indices {
      let other = objects[candidate].box
      let width = min(box.x2, other.x2) - max(box.x1, other.x1)
      let height = min(box.y2, other.y2) - max(box.y1, other.y1)
      guard width > 0 && height > 0 else { continue }
      let shared = width * height
      let overlap = shared / (area + objects[candidate].area - shared)
      if overlap > largest { (nearest, largest) = (Int32(candidate), overlap) }
      if objects[candidate].isCollecting && overlap >= objects[candidate].overlap {
        if overlap > objects[candidate].overlap { best[candidate].removeAll(keepingCapacity: true) }
        objects[candidate].overlap = overlap
        best[candidate].append(index)
      }
    }
    return (nearest, largest)
  }
}
