import Boxes

/// Finds places for the tags of boxes within a picture.
///
/// Each tag is tried at several places around its box, in an order of preference, and takes that
/// where it hides the least of the tags and boxes before it.
struct TagPlacement {
  /// The picture's extent.
  let width: Int
  let height: Int
  /// How wide the boxes' lines are: a tag above a box ends where the line starts.
  let lineWidth: Int

  private var tags: [Box] = []

  init(width: Int, height: Int, lineWidth: Int) {
    (self.width, self.height, self.lineWidth) = (width, height, lineWidth)
  }

  /// Chooses the place of a tag; important tags come first.
  ///
  /// - Parameters:
  ///   - tagWidth: At most the picture's.
  ///   - tagHeight: At most the picture's.
  ///   - box: The box that is labelled, within the picture.
  ///   - others: Boxes that had better not be hidden.
  /// - Returns: Edges at whole numbers, within the picture.
  mutating func place(
    width tagWidth: Int, height tagHeight: Int, at box: Box, others: [Box]
  ) -> Box {
    var best: (cost: Float, tag: Box)?
    for candidate in candidates(width: tagWidth, height: tagHeight, at: box) {
      let x = Float(min(max(candidate.x, 0), width - tagWidth))
      let y = Float(min(max(candidate.y, 0), height - tagHeight))
      let tag = Box(x1: x, y1: y, x2: x + Float(tagWidth), y2: y + Float(tagHeight))
      // A tag on another cannot be read; one on a box hides part of what the box is about.
      var cost = candidate.cost
      // Moved into the picture it may no longer stand where it was meant to.
      if Int(y) != candidate.y { cost += 0.05 }
      for other in tags { cost += 4 * tag.intersection(with: other) / tag.area }
      for other in others where other != box {
        let shared = tag.intersection(with: other)
        if shared > 0 { cost += 0.3 * shared / min(other.area, tag.area) }
      }
      if cost < best?.cost ?? .infinity { best = (cost, tag) }
    }
    let tag = best?.tag ?? Box(x1: 0, y1: 0, x2: Float(tagWidth), y2: Float(tagHeight))
    tags.append(tag)
    return tag
  }

  /// The upper left corners to try, and how little each is liked.
  private func candidates(
    width tagWidth: Int, height tagHeight: Int, at box: Box
  ) -> [(x: Int, y: Int, cost: Float)] {
    let left = Int(box.x1.rounded())
    let right = Int(box.x2.rounded()) - tagWidth
    let (top, bottom) = (Int(box.y1.rounded()), Int(box.y2.rounded()))
    let above = top - tagHeight
    let insideTop = top + lineWidth
    let insideBottom = bottom - lineWidth - tagHeight
    var corners = [(left, above), (right, above)]
    // Inside only where the tag leaves most of the box free, unless there is no room above.
    let isLarge =
      box.width >= Float(tagWidth) && box.height >= Float(3 * tagHeight)
    let within = [
      (left + lineWidth, insideTop), (right - lineWidth, insideTop),
      (left + lineWidth, insideBottom), (right - lineWidth, insideBottom),
    ]
    let below = [(left, bottom), (right, bottom)]
    let beside = [(right + tagWidth, top), (left - tagWidth, top)]
    corners += isLarge ? within + below + beside : below + beside + within
    var candidates = corners.enumerated().map { (x: $1.0, y: $1.1, cost: Float($0) * 0.01) }
    // A tag that stands apart seems to belong to another box: only better than unreadable.
    for step in 1...3 {
      let cost = 0.8 * Float(step)
      candidates.append((left, above - step * tagHeight, cost))
      candidates.append((left, bottom + step * tagHeight, cost))
    }
    return candidates
  }
}
