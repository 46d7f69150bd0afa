/// What the numbers of a VOC annotation count from.
///
/// Pascal VOC's own annotations number the pixels from 1 and name the last pixel that belongs to
/// the object: a box over the whole of an image of 640 by 480 is 1, 1, 640, 480. As edges, where
/// the first pixel lies between 0 and 1, that is `xmin - 1` to `xmax`. The usual labelling programs
/// write the same form and keep to it by raising 0 to 1.
///
/// Other programs write edges: the same box is 0, 0, 640, 480. Nothing in the file says so. But a 0
/// cannot occur where counting starts at 1, and in a set of edges some object touches the left or
/// upper border sooner or later. So one 0 in any annotation decides for the whole set, and without
/// any it is taken as VOC defines it. A wrong guess moves boxes by one pixel, and all alike, since
/// the decision is made from all splits together.
public enum CoordinateConvention: String, Hashable, Codable, Sendable, CaseIterable {
  /// Zero-based if any box of the set starts from 0 to below 1, one-based otherwise.
  case automatic
  /// Pixels from 1, the last one included: edges are `xmin - 1`, `ymin - 1`, `xmax`, `ymax`.
  case oneBased
  /// Edges from 0, taken as they are.
  case zeroBased
}
