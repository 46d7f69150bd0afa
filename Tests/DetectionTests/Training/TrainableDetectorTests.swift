import Boxes
import Datasets
import Engine
import Layers
import Tensors
import Testing

@testable import Detection

@Suite struct TrainableDetectorTests {
  private var tiny = TinyDetector()
  private let boxed = picture(
    width: 64, height: 64, [.init(0, 8, 12, 30, 40), .init(1, 35, 30, 60, 60)])

  private typealias Picture = (image: Image, objects: [AnnotatedObject])

  private func detector(
    _ tiny: TinyDetector, trainable: Set<String>? = nil, batchStatistics: Set<String> = []
  ) throws -> TrainableDetector {
    try TrainableDetector(
      tiny.architecture(), settings: tiny.learning, parameters: tiny.parameters(),
      trainable: trainable ?? tiny.trainable(), batchStatistics: batchStatistics,
      precision: .float32)
  }

  private func pullback(
    _ detector: TrainableDetector, _ pictures: [Picture], of tiny: TinyDetector,
    _ objective: TrainableDetector.Objective = .joint
  ) throws -> DetectionLosses {
    var generator = SeededGenerator(seed: 5, for: "step")
    return try detector.pullback(
      pictures.map { try tiny.example($0) }, objective: objective, using: &generator)
  }

  private func gradients(_ detector: TrainableDetector) -> [String: [Float]] {
    detector.parameters.names.reduce(into: [:]) {
      $0[$1] = detector.parameters.gradient(of: $1)?.floats
    }
  }

  private func isProposal(_ name: String) -> Bool { name.hasPrefix("rpn_") }
  private func isHead(_ name: String) -> Bool {
    ["tail_", "class_", "box_"].contains { name.hasPrefix($0) }
  }

  // MARK: What trains

  @Test("In a joint step both networks get gradients, the RPN by its own losses alone")
  func joint() throws {
    let detector = try detector(tiny)
    _ = try pullback(detector, [boxed], of: tiny)
    for (name, gradient) in gradients(detector) where !name.contains("/moving_") {
      #expect(gradient.contains { $0 != 0 }, "\(name)")
    }
    // With the regions' losses off, the rest is what the objective of proposals gives, to rounding.
    var tiny = tiny
    (tiny.learning.lossWeights.regionClass, tiny.learning.lossWeights.regionBox) = (0, 0)
    let alone = try self.detector(tiny)
    _ = try pullback(alone, [boxed], of: tiny)
    for (name, gradient) in gradients(alone) where isProposal(name) {
      #expect(gradient == gradients(detector)[name], "\(name)")
    }
  }

  @Test("Without losses of its own the RPN stays as it is, and the backbone still learns")
  func proposalsWithoutLosses() throws {
    var tiny = tiny
    (tiny.learning.lossWeights.proposalObjectness, tiny.learning.lossWeights.proposalBox) = (0, 0)
    let detector = try detector(tiny)
    _ = try pullback(detector, [boxed], of: tiny)
    for (name, gradient) in gradients(detector) {
      #expect(gradient.contains { $0 != 0 } == !isProposal(name), "\(name)")
    }
    let before = detector.parameters.values
    try Optimizer(.sgd(momentum: 0.9, nesterov: false), for: detector.parameters)
      .update(rate: 0.1)
    for (name, tensor) in detector.parameters.values {
      let isFixed = isProposal(name) || name.contains("/moving_")
      #expect((tensor.floats == before[name]?.floats) == isFixed, "\(name)")
    }
  }

  @Test("What is frozen keeps every bit, under decay too", arguments: ["rpn_", "last_", "tail_"])
  func frozen(prefix: String) throws {
    let trainable = try tiny.trainable().filter { !$0.hasPrefix(prefix) }
    let detector = try detector(tiny, trainable: trainable)
    let before = detector.parameters.values
    let optimizer = Optimizer(
      .sgd(momentum: 0.9, nesterov: false), for: detector.parameters
    ) { _ in UpdateRule(weightDecay: 0.01) }
    for _ in 0..<2 {
      _ = try pullback(detector, [boxed], of: tiny)
      try optimizer.update(rate: 0.01)
    }
    for (name, tensor) in detector.parameters.values {
      #expect((tensor.floats == before[name]?.floats) == !trainable.contains(name), "\(name)")
    }
  }

  @Test("A frozen backbone changes no other gradient")
  func frozenBackbone() throws {
    let heads = try tiny.trainable().filter { isProposal($0) || isHead($0) }
    let (whole, part) = (try detector(tiny), try detector(tiny, trainable: heads))
    let losses = try pullback(whole, [boxed], of: tiny)
    #expect(try pullback(part, [boxed], of: tiny) == losses)
    let all = gradients(whole)
    #expect(Set(gradients(part).keys) == heads)
    for (name, gradient) in gradients(part) { #expect(gradient == all[name], "\(name)") }
  }

  @Test("The objective of proposals leaves the heads alone, that of regions the proposal network")
  func objectives() throws {
    let detector = try detector(tiny)
    let losses = try pullback(detector, [boxed], of: tiny, .proposals)
    #expect(losses.regionClass == 0 && losses.regionBox == 0)
    for (name, gradient) in gradients(detector) {
      #expect(gradient.contains { $0 != 0 } == !isHead(name), "\(name)")
    }
    detector.parameters.clearGradients()
    let regions = [[Box(x1: 4, y1: 4, x2: 30, y2: 30)]]
    let others = try pullback(detector, [boxed], of: tiny, .regions(regions))
    #expect(others.proposalObjectness == 0 && others.proposalBox == 0)
    for (name, gradient) in gradients(detector) {
      #expect(gradient.contains { $0 != 0 } == !isProposal(name), "\(name)")
    }
  }

  @Test("Statistics of the batch move in the layers that are to use them, and in no other")
  func batchStatistics() throws {
    let detector = try detector(tiny, batchStatistics: ["body_dw_bn"])
    let before = detector.parameters.values
    _ = try pullback(detector, [boxed], of: tiny)
    for (name, tensor) in detector.parameters.values {
      #expect(
        (tensor.floats != before[name]?.floats) == name.hasPrefix("body_dw_bn/moving_"), "\(name)")
    }
  }

  // MARK: Unusual images

  @Test("An image without objects is all background")
  func noObjects() throws {
    let detector = try detector(tiny)
    let losses = try pullback(detector, [picture(width: 64, height: 64)], of: tiny)
    #expect(losses.proposalBox == 0 && losses.regionBox == 0)
    #expect(losses.proposalObjectness > 0 && losses.proposalObjectness.isFinite)
    #expect(losses.regionClass > 0 && losses.regionClass.isFinite)
    for (name, gradient) in gradients(detector) {
      let isBox = name.hasPrefix("rpn_box") || name.hasPrefix("box_deltas")
      #expect(gradient.contains { $0 != 0 } == !isBox, "\(name)")
      #expect(gradient.allSatisfy { $0.isFinite }, "\(name)")
    }
  }

  @Test("What lies on a difficult object is not learned from; the rest is background")
  func difficultOnly() throws {
    let object = AnnotatedObject(1, 0, 0, 40, 64, difficult: true)
    let picture = picture(width: 64, height: 64, [object])
    let example = try tiny.example(picture)
    #expect(example.anchorTargets.objectCount == 0 && !example.anchorTargets.anchors.isEmpty)
    let grid = AnchorGrid(try tiny.architecture(), mapShape: [1, 8, 8, 16])
    for anchor in example.anchorTargets.anchors {
      let box = grid.boxes[anchor]
      #expect(box.intersection(with: object.box) < 0.5 * box.area)
    }
    let losses = try pullback(detector(tiny), [picture], of: tiny)
    #expect(losses.proposalBox == 0 && losses.regionBox == 0)
    #expect(losses.proposalObjectness > 0 && losses.regionClass > 0)
    // Where all of the image is ignored there is nothing to learn.
    let whole = coveredPicture()
    let nothing = try pullback(detector(tiny), [whole], of: tiny)
    #expect(nothing == DetectionLosses(each: 0))
  }

  private func coveredPicture() -> Picture {
    let around = AnnotatedObject(
      label: 0, box: Box(x1: -100, y1: -100, x2: 200, y2: 200), isDifficult: true)
    return (Image(width: 64, height: 64, pixels: Array(repeating: 9, count: 3 * 64 * 64)), [around])
  }

  @Test(
    "Images of a pixel, or a pixel high, train like any other",
    arguments: [
      (1, 1), (64, 1), (1, 64), (3, 2), (33, 31),
    ])
  func tinyImages(width: Int, height: Int) throws {
    let image = picture(width: width, height: height)
    let box = Box(x1: 0, y1: 0, x2: Float(width), y2: Float(height))
    for objects in [[], [AnnotatedObject(label: 1, box: box)]] {
      let detector = try detector(tiny)
      let losses = try pullback(detector, [(image.image, objects)], of: tiny)
      for (name, loss) in DetectionLosses.byName {
        #expect(losses[keyPath: loss].isFinite && losses[keyPath: loss] >= 0, "\(name)")
      }
      // The object itself is an anchor's and a region's.
      #expect((losses.regionClass > 0 && losses.proposalObjectness > 0) || objects.isEmpty)
      for (name, gradient) in gradients(detector) {
        #expect(gradient.allSatisfy { $0.isFinite }, "\(name)")
      }
    }
  }

  @Test("Boxes without an area and boxes beyond the image do no harm")
  func strangeBoxes() throws {
    let objects: [AnnotatedObject] = [
      .init(0, 10, 10, 10, 30), .init(1, 30, 30, 20, 20), .init(0, 200, 200, 260, 260),
      .init(1, .nan, 0, 20, 20), .init(1, 10, 20, 40, 50),
    ]
    let image = picture(width: 64, height: 64).image
    let detector = try detector(tiny)
    let losses = try pullback(detector, [(image, objects)], of: tiny)
    #expect(losses.total(weights: DetectionLosses(each: 1)).isFinite && losses.regionBox > 0)
    for (name, gradient) in gradients(detector) {
      #expect(gradient.allSatisfy { $0.isFinite }, "\(name)")
    }
  }

  // MARK: Batches

  @Test("A batch gives the mean of what its images give alone, whatever their sizes")
  func batch() throws {
    var tiny = tiny
    // So many that no choice is left to chance.
    tiny.learning.regionSampler = BalancedSampler(count: 40, positiveShare: 1)
    let pictures = [
      boxed,
      picture(width: 80, height: 64, [.init(1, 20, 5, 50, 30)], seed: 2),
      picture(width: 60, height: 51, [.init(0, 2, 2, 30, 26)], seed: 3),
      picture(width: 64, height: 96, seed: 4),
    ]
    let together = try detector(tiny)
    let losses = try pullback(together, pictures, of: tiny)
    let alone = try detector(tiny)
    var sum = DetectionLosses(each: 0)
    for picture in pictures { sum += try pullback(alone, [picture], of: tiny) }
    for (name, loss) in DetectionLosses.byName {
      let (found, expected) = (losses[keyPath: loss], sum[keyPath: loss] / 4)
      #expect(abs(found - expected) <= 1e-5 * expected, "\(name)")
    }
    let expected = gradients(alone)
    for (name, gradient) in gradients(together) {
      let mean = try #require(expected[name]).map { $0 / 4 }
      let norm = mean.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let distance = zip(gradient, mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      #expect(norm > 0 && distance.squareRoot() < 1e-4 * norm, "\(name)")
    }
  }

  @Test(
    "In bfloat16 the losses are about the same", .enabled(if: Precision.fastest == .bfloat16))
  func bfloat16() throws {
    let detector = try detector(tiny)
    let coarse = try TrainableDetector(
      tiny.architecture(), settings: tiny.learning, parameters: tiny.parameters(),
      trainable: tiny.trainable(), precision: .bfloat16)
    // Fixed regions: in joint steps a proposal more or less would be sampled.
    let regions = [boxed.objects.map(\.box) + [Box(x1: 0, y1: 0, x2: 20, y2: 20)]]
    for objective in [TrainableDetector.Objective.proposals, .regions(regions)] {
      let expected = try pullback(detector, [boxed], of: tiny, objective)
      let found = try pullback(coarse, [boxed], of: tiny, objective)
      for (name, loss) in DetectionLosses.byName {
        let difference = abs(found[keyPath: loss] - expected[keyPath: loss])
        #expect(difference <= 0.03 * expected[keyPath: loss], "\(name)")
      }
    }
    #expect(gradients(coarse).values.allSatisfy { $0.allSatisfy { $0.isFinite } })
  }

  @Test("The same step gives the same bits")
  func determinism() throws {
    let pictures = [boxed, picture(width: 80, height: 64, [.init(1, 20, 5, 50, 30)], seed: 2)]
    let (first, second) = (try detector(tiny), try detector(tiny))
    #expect(try pullback(first, pictures, of: tiny) == pullback(second, pictures, of: tiny))
    #expect(gradients(first) == gradients(second))
  }
}
