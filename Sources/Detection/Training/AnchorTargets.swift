internal import Boxes
internal import Datasets

/// Which anchors of an image count in the loss, and what the proposal network is to say of them.
struct AnchorTargets: Sendable {
  /// The anchors that count, objects first.
  let anchors: [Int]
  /// How many of these are objects.
  let objectCount: Int
  /// How the boxes of the objects' anchors are to change, four numbers each.
  let deltas: [Float]

  init(
    _ grid: AnchorGrid, objects: DetectorExample.Objects, on canvas: CanvasImage,
    settings: DetectorTrainingSettings, using generator: inout SeededGenerator
  ) {
    let matches = settings.anchorMatcher.match(
      grid.boxes, to: objects.boxes, isUsed: grid.isOnImage(canvas), ignoring: objects.ignored)
    let sample = settings.anchorSampler.sample(matches.objects, using: &generator)
    anchors = sample.positive + sample.negative
    objectCount = sample.positive.count
    deltas = sample.positive.flatMap { anchor in
      BoxCoding.proposals.numbers(
        of: objects.boxes[Int(matches.objects[anchor])], relativeTo: grid.boxes[anchor])
    }
  }
}

extension BoxCoding {
  /// The four numbers of a box, in their order.
  func numbers(of box: Box, relativeTo reference: Box) -> [Float] {
    let deltas = encode(box, relativeTo: reference)
    return deltas.indices.map { deltas[$0] }
  }
}
