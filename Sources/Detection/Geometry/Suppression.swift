internal import Boxes
internal import Engine

/// Keeps, best first, each box that overlaps no better one that was kept.
///
/// The engine's function of this name says more.
func nonMaximumSuppression(_ boxes: [Box], overlap: Float, limit: Int) -> [Int] {
  boxes.withUnsafeBufferPointer { boxes in
    // A box is its four edges.
    boxes.withMemoryRebound(to: Float.self) { edges in
      nonMaximumSuppression(edges, overlap: overlap, limit: limit)
    }
  }
}
