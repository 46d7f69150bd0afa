internal import Boxes
internal import Datasets

/// Which regions of an image count in the loss, and what the heads are to say of them.
struct RegionTargets {
  /// The regions, objects first; as many as are sampled of an image, empty ones at the end.
  let boxes: [Box]
  /// The class of each, 0 for the background; -1 for an empty one.
  let labels: [Int]
  /// How the boxes of the objects' regions are to change, four numbers each.
  let deltas: [Float]

  /// Samples proposals, and the objects themselves among them.
  init(
    _ proposals: [Box], objects: DetectorExample.Objects, settings: DetectorTrainingSettings,
    using generator: inout SeededGenerator
  ) {
    let candidates = proposals + objects.boxes
    let matches = settings.regionMatcher.match(
      candidates, to: objects.boxes, ignoring: objects.ignored)
    let sample = settings.regionSampler.sample(matches.objects, using: &generator)
    let chosen = sample.positive + sample.negative
    let missing = settings.regionSampler.count - chosen.count
    let empty = Box(x1: 0, y1: 0, x2: 0, y2: 0)
    boxes = chosen.map { candidates[$0] } + Array(repeating: empty, count: missing)
    labels =
      sample.positive.map { objects.labels[Int(matches.objects[$0])] + 1 }
      + Array(repeating: 0, count: sample.negative.count) + Array(repeating: -1, count: missing)
    deltas = sample.positive.flatMap { region in
      BoxCoding.regions.numbers(
        of: objects.boxes[Int(matches.objects[region])], relativeTo: candidates[region])
    }
  }
}
