internal import COneDNN

/// Keeps, best first, each box that overlaps no better one that was kept: greedy suppression.
///
/// The numbers are those of `torchvision.ops.nms`. Runs in the calling thread; the result is the same
/// on every machine.
///
/// - Parameters:
///   - boxes: `[boxes, 4]`, the edges x1, y1, x2, y2 of each, sorted by falling score. A box without
///     an area, or with an edge that is not a number, is kept and suppresses none.
///   - overlap: The largest intersection over union of two kept boxes, from 0 to 1.
///   - limit: Stops when so many are kept.
/// - Returns: The indices of the kept boxes, rising.
public func nonMaximumSuppression(
  _ boxes: UnsafeBufferPointer<Float>, overlap: Float, limit: Int
) -> [Int] {
  precondition(boxes.count.isMultiple(of: 4), "expected four edges a box")
  precondition((0...1).contains(overlap), "expected an overlap from 0 to 1, found \(overlap)")
  precondition(limit >= 0, "expected a limit of at least 0, found \(limit)")
  let count = boxes.count / 4
  let limit = min(limit, count)
  guard limit > 0 else { return [] }
  var workspace = [Float](
    repeating: 0, count: Int(onednn_suppression_workspace_size(Int64(limit))))
  return Array(unsafeUninitializedCapacity: limit) { kept, found in
    kept.withMemoryRebound(to: Int64.self) { kept in
      found = Int(
        onednn_suppress(
          boxes.baseAddress, Int64(count), overlap, Int64(limit), &workspace, kept.baseAddress))
    }
  }
}
