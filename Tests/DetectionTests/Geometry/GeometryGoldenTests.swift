import Boxes
import Detection
import Testing

@Suite struct GeometryGoldenTests {
  private let goldens: GeometryGoldens

  init() throws { goldens = try .read() }

  @Test("Anchors are torchvision's, moved to the cells' centres and not rounded")
  func anchors() {
    let golden = goldens.anchors
    let shapes = AnchorShapes(sides: golden.sides, ratios: golden.ratios)
    let found = shapes.anchors(
      mapHeight: golden.height, mapWidth: golden.width, stride: golden.stride)
    let theirs = boxes(golden.boxes)
    #expect(found.count == theirs.count)
    let half = Float(golden.stride) / 2
    for cell in 0..<golden.height * golden.width {
      for side in golden.sides.indices {
        for ratio in golden.ratios.indices {
          let box = found[cell * 6 + side * golden.ratios.count + ratio]
          let other = theirs[cell * 6 + ratio * golden.sides.count + side]
          for (edge, expected) in zip(box.edges, other.edges) {
            #expect(abs(edge - (expected + half)) <= 0.5)
          }
        }
      }
    }
  }

  @Test("Boxes are coded and decoded as torchvision's", arguments: [0, 1])
  func coding(number: Int) {
    let golden = goldens.codings[number]
    let weights = golden.weights
    let coding = BoxCoding(weights: (weights[0], weights[1], weights[2], weights[3]))
    #expect(coding == [BoxCoding.proposals, .regions][number])
    let references = boxes(golden.references)
    let encoded = zip(boxes(golden.boxes), references).flatMap { box, reference in
      let numbers = coding.encode(box, relativeTo: reference)
      return (0..<4).map { numbers[$0] }
    }
    #expect(largestDifference(encoded, golden.encoded) < 2e-6)
    let decoded = references.indices.flatMap { index in
      let numbers = SIMD4(golden.deltas[index * 4..<index * 4 + 4])
      return coding.decode(numbers, relativeTo: references[index]).edges
    }
    #expect(largestDifference(decoded, golden.decoded) < 2e-6)
  }

  @Test("Boxes are matched with torchvision's objects, the best of each object and ties included")
  func matching() {
    let golden = goldens.matching
    let (found, objects) = (boxes(golden.boxes), boxes(golden.objects))
    let anchors = BoxMatcher.anchors.match(found, to: objects)
    #expect(anchors.objects == golden.anchors)
    #expect(largestDifference(anchors.overlaps, golden.overlaps) < 1e-6)
    #expect(BoxMatcher.regions.match(found, to: objects).objects == golden.regions)
  }

  @Test("Suppression keeps torchvision's boxes")
  func suppression() {
    for golden in goldens.suppression.kept {
      let kept = suppressed(
        boxes(goldens.suppression.boxes), overlap: golden.overlap, limit: .max)
      #expect(kept == golden.indices)
    }
  }

  @Test("Proposals are torchvision's")
  func proposals() {
    let golden = goldens.proposals
    let selection = ProposalSelection(
      candidates: golden.candidates, overlap: golden.overlap, count: golden.count)
    let found = select(
      selection, logits: golden.logits, deltas: golden.deltas, anchors: boxes(golden.anchors),
      width: golden.width, height: golden.height)
    #expect(largestDifference(found.flatMap(\.box.edges), golden.boxes) < 2e-6)
    #expect(largestDifference(found.map { sigmoid($0.logit) }, golden.scores) < 2e-6)
  }

  @Test("Detections are torchvision's")
  func detections() {
    let golden = goldens.detections
    let found = select(
      DetectionSelection(count: golden.count), probabilities: golden.probabilities,
      deltas: golden.deltas, regions: boxes(golden.regions), classCount: golden.classes,
      width: golden.width, height: golden.height)
    #expect(found.map(\.label) == golden.labels)
    #expect(largestDifference(found.flatMap(\.box.edges), golden.boxes) < 2e-6)
    #expect(largestDifference(found.map(\.score), golden.scores) < 2e-6)
  }
}
