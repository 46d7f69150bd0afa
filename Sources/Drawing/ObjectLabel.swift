import Boxes

/// A box with its label, ready to be drawn.
struct ObjectLabel {
  let box: Box
  let color: Color
  /// The class's name, which may be shortened.
  let name: String
  /// What follows the name and is kept, such as a score.
  let suffix: String
  let isDashed: Bool

  /// The label's text, shortened to a width in pixels.
  func text(size: TextSize, width: Int) -> String {
    let room = width - size.width(of: suffix)
    // A letter and the ellipsis at least, or else the score alone.
    let shortest = min(name.count, 2)
    return size.shortened(name, toWidth: room).count >= shortest
      ? size.shortened(name, toWidth: room) + suffix
      : size.shortened(String(suffix.drop { $0 == " " }), toWidth: width)
  }
}

/// A score from 0 to 1 with two decimals.
func hundredths(_ score: Float) -> String {
  guard score.isFinite else { return "?" }
  let count = Int((min(max(score, 0), 9) * 100).rounded())
  return "\(count / 100).\(count / 10 % 10)\(count % 10)"
}
