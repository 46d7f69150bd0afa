/// One of the sizes in which text is drawn, with letters of equal width.
///
/// It has the letters of ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic, and common marks;
/// another character is drawn as a hollow box.
public struct TextSize: Hashable, Sendable {
  private enum Face { case small, large }
  private let face: Face
  /// How many pixels a pixel of the font takes, in each direction.
  let scale: Int

  /// Letters of 8×13 pixels.
  public static let small = TextSize(face: .small, scale: 1)
  /// Letters of 10×20 pixels.
  public static let medium = TextSize(face: .large, scale: 1)

  /// The size multiplied by a positive whole number.
  public func times(_ factor: Int) -> TextSize {
    precondition(factor > 0, "a size is multiplied by 1 or more, not \(factor)")
    return TextSize(face: face, scale: scale * factor)
  }

  /// The size that suits the labels of a picture: about a 28th of its shorter side.
  ///
  /// - Precondition: Both extents are positive.
  public static func fitting(width: Int, height: Int) -> TextSize {
    let wanted = min(width, height) / 28
    let factor = max(1, wanted / TextSize.small.lineHeight)
    let candidates = (1...factor).flatMap { [small.times($0), medium.times($0)] }
    return candidates.filter { $0.lineHeight <= wanted }.max { $0.lineHeight < $1.lineHeight }
      ?? small
  }

  /// The height of a line, in pixels.
  public var lineHeight: Int { font.height * scale }

  /// How wide a text is, in pixels.
  public func width(of text: String) -> Int { text.count * characterWidth }

  /// Shortens a text that is too wide and puts an ellipsis at its end.
  ///
  /// - Parameters:
  ///   - text: Any text.
  ///   - width: The most pixels it may take.
  /// - Returns: The text, or its start with "…"; empty if not even that has room.
  public func shortened(_ text: String, toWidth width: Int) -> String {
    let room = max(width, 0) / characterWidth
    if text.count <= room { return text }
    return room > 0 ? text.prefix(room - 1) + "…" : ""
  }

  /// Shortens a text that is too wide in the middle: names of files differ at their ends.
  func shortenedWithin(_ text: String, toWidth width: Int) -> String {
    let room = max(width, 0) / characterWidth
    if text.count <= room { return text }
    return room > 0 ? text.prefix((room - 1) / 2) + "…" + text.suffix(room / 2) : ""
  }

  var characterWidth: Int { font.width * scale }

  var font: BitmapFont {
    switch face {
    case .small: .small
    case .large: .large
    }
  }
}
