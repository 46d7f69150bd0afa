import Boxes
import Datasets
import Engine
import Layers
import Tensors
import Testing
import TinyNetworks

@testable import Detection

@Suite struct DetectorTests {
  /// Sure of nothing, so that it finds something everywhere.
  private static func detector(
    seed: UInt64 = 1, _ change: (inout TinyDetector) -> Void = { _ in }
  ) throws -> Detector {
    var tiny = TinyDetector()
    tiny.settings.detections = DetectionSelection(minimumScore: 0.01, overlap: 0.5, count: 40)
    change(&tiny)
    return try Detector(
      tiny.architecture(), parameters: tiny.parameters(seed: seed), precision: .float32)
  }

  private let images = [(64, 64), (96, 64), (64, 90), (60, 51), (200, 130), (70, 10), (64, 57)]
    .enumerated().map { picture(width: $1.0, height: $1.1, seed: UInt64($0)).image }

  @Test("What is found in an image does not depend on the images before it")
  func independence() throws {
    let shared = try Self.detector()
    var found: [[DetectedObject]] = []
    for image in images { found.append(try shared(image)) }
    #expect(found.allSatisfy { !$0.isEmpty } && Set(found).count == images.count)
    for (image, objects) in zip(images, found).reversed() {
      #expect(try shared(image) == objects)
      #expect(try Self.detector()(image) == objects)
    }
  }

  @Test("What several threads ask for at once is what one would get")
  func threads() async throws {
    let detector = try Self.detector()
    let expected = try images.map { try detector($0) }
    let found = try await withThrowingTaskGroup(of: (Int, [DetectedObject]).self) { group in
      for (index, image) in images.enumerated() {
        group.addTask { (index, try detector(image)) }
      }
      return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    for (index, objects) in expected.enumerated() { #expect(found[index] == objects) }
  }

  @Test("All detections and proposals lie within their image and are sorted", arguments: 1...3)
  func containment(seed: UInt64) throws {
    let detector = try Self.detector(seed: seed)
    for image in images {
      let found = try detector(image)
      #expect(found.count <= 40)
      #expect(found.map(\.score) == found.map(\.score).sorted(by: >))
      for object in found {
        let box = object.box
        #expect(box.isProper && box.x1 >= 0 && box.y1 >= 0)
        #expect(box.x2 <= Float(image.width) && box.y2 <= Float(image.height))
        #expect((0...1).contains(object.score) && (0..<2).contains(object.label))
      }
      let canvas = CanvasImage(image, for: detector.architecture)
      for box in try detector.proposals(on: canvas, selecting: .inference) {
        #expect(box.isProper && box.x1 >= 0 && box.y1 >= 0)
        #expect(box.x2 <= Float(image.width) && box.y2 <= Float(image.height))
      }
    }
  }

  @Test("Boxes are in pixels of the image that was given, not of the one that was looked at")
  func scale() throws {
    let detector = try Self.detector()
    let small = picture(width: 64, height: 64, seed: 9).image
    let large = small.resized(width: 128, height: 128)
    let (found, size) = (try detector(large), detector.architecture.settings.imageSize)
    #expect(size.size(width: 128, height: 128) == (64, 64))
    let direct = try detector(large.resized(width: 64, height: 64))
    #expect(found.map(\.score) == direct.map(\.score))
    #expect(found.map(\.box) == direct.map { $0.box.scaled(x: 2, y: 2) })
  }

  @Test(
    "Every choice of pooling and head runs, as a detector and in training",
    arguments: [
      (RegionPooling.align, RegionHead.backbone, false), (.max, .backbone, false),
      (.max, .backbone, true), (.align, .twoLayer, false), (.max, .twoLayer, true),
    ])
  func variants(pooling: RegionPooling, head: RegionHead, flattens: Bool) throws {
    func choose(_ tiny: inout TinyDetector) {
      (tiny.settings.pooling, tiny.settings.head) = (pooling, head)
      tiny.settings.pooledSide = 2
      if flattens { tiny.backbone.tail = TinyBackbone.denseTail }
    }
    let detector = try Self.detector(choose)
    let layers = Set(detector.architecture.regionStages.map(\.name))
    #expect(layers == (head == .backbone ? ["tail", "heads"] : ["heads"]))
    #expect(try detector(images[0]).count > 0)

    var tiny = TinyDetector()
    choose(&tiny)
    let trainable = try TrainableDetector(
      tiny.architecture(), settings: tiny.learning, parameters: tiny.parameters(),
      trainable: tiny.trainable(), precision: .float32)
    var generator = SeededGenerator(seed: 5, for: "step")
    let example = try tiny.example(picture(width: 64, height: 64, [.init(1, 10, 10, 40, 40)]))
    let losses = try trainable.pullback([example], objective: .joint, using: &generator)
    #expect(losses.total(weights: DetectionLosses(each: 1)).isFinite)
    for name in try tiny.trainable() {
      let gradient = try #require(trainable.parameters.gradient(of: name)).floats
      #expect(gradient.contains { $0 != 0 }, "\(name)")
    }
  }

  @Test("An image narrower than a cell has no detections, and does no harm")
  func sliver() throws {
    let detector = try Self.detector()
    #expect(try detector(picture(width: 2000, height: 1).image).isEmpty)
    #expect(try detector(picture(width: 1, height: 2000).image).isEmpty)
    #expect(try detector(picture(width: 1, height: 1).image).count > 0)
  }

  @Test("Weights that are not numbers find nothing")
  func diverged() throws {
    let tiny = TinyDetector()
    var parameters = try tiny.parameters()
    for name in ["class_logits/bias", "rpn_objectness/bias"] {
      let shape = try #require(parameters[name]).shape
      var broken = parameters
      broken[name] = Tensor(shape: shape, values: Array(repeating: .nan, count: shape[0]))
      let detector = try Detector(
        tiny.architecture(), parameters: broken, precision: .float32)
      #expect(try detector(images[0]).isEmpty)
    }
    parameters["rpn_conv/kernel"] = nil
    let lacking = try Detector(tiny.architecture(), parameters: parameters, precision: .float32)
    #expect(throws: EngineError.self) { try lacking(images[0]) }
  }

  @Test("A canvas is the image and zeros")
  func canvas() {
    let image = Image(width: 33, height: 2, pixels: Array(repeating: 255, count: 3 * 66))
    let canvas = CanvasImage(image, preprocessing: TinyBackbone().preprocessing)
    #expect(canvas.tensor.shape == [1, 32, 64, 3] && canvas.width == 33 && canvas.height == 2)
    for (index, number) in canvas.tensor.floats.enumerated() {
      let (row, column) = (index / 192, index % 192 / 3)
      #expect(number == (row < 2 && column < 33 ? 1 : 0))
    }
  }

  @Test("Boxes on a canvas become those of the image, each side by its own ratio")
  func original() throws {
    let architecture = try TinyDetector().architecture()
    for (width, height) in [(101, 333), (333, 101), (64, 64), (7, 5), (1000, 3)] {
      let canvas = CanvasImage(picture(width: width, height: height).image, for: architecture)
      #expect(min(canvas.width, canvas.height) <= 64 && max(canvas.width, canvas.height) <= 96)
      let (x, y) = (Float(width) / Float(canvas.width), Float(height) / Float(canvas.height))
      let box = Box(x1: 0.25, y1: 0.5, x2: Float(canvas.width) / 2, y2: Float(canvas.height) / 4)
      let found = canvas.original(box)
      for (edge, expected) in [
        (found.x1, 0.25 * x), (found.y1, 0.5 * y), (found.x2, Float(width) / 2),
        (found.y2, Float(height) / 4),
      ] { #expect(abs(edge - expected) <= 1e-4 * expected) }
      let beyond = Box(x1: -5, y1: -5, x2: 5000, y2: 5000)
      #expect(
        canvas.original(beyond) == Box(x1: 0, y1: 0, x2: Float(width), y2: Float(height)))
    }
  }
}
