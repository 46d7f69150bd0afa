/// A part of a training step, by what it computes; in the order that they run in.
public enum DetectorStepPart: String, CaseIterable, Sendable {
  /// The image network forward, the conversions of what goes in and comes out included.
  case imageForward = "image forward"
  /// From the proposal network's numbers to boxes.
  case proposals
  /// Which regions count, and what the heads are to say of them.
  case sampling
  /// From the map to regions of one size.
  case pooling
  /// The region network forward.
  case regionForward = "region forward"
  /// The losses of the heads with their gradients.
  case regionLosses = "region losses"
  /// The region network back.
  case regionBack = "region back"
  /// From the regions' gradient to the map's.
  case poolingBack = "pooling back"
  /// The losses of the proposal network with their gradients.
  case proposalLosses = "proposal losses"
  /// The image network back.
  case imageBack = "image back"
}
