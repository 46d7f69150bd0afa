/// What a detector says is somewhere in an image.
public struct DetectedObject: Hashable, Sendable {
  /// Where, in pixels of the original image.
  public var box: Box
  /// The index of its class in the list of classes; the background is none of them.
  public var label: Int
  /// How sure the detector is, from 0 to 1.
  public var score: Float

  public init(box: Box, label: Int, score: Float) {
    (self.box, self.label, self.score) = (box, label, score)
  }
}
