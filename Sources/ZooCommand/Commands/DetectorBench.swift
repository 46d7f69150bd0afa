import Boxes
import Datasets
import Detection
import Engine
import Layers
import Tensors
import Training

/// A detector with random weights and what it is timed on.
///
/// The layers that change boxes start from zero: maps of deep random networks are large, and would
/// throw every box off the image. So about as many proposals come through suppression as there may
/// be, as in a trained detector.
struct DetectorBench {
  private static let classCount = 20
  private static let objectCount = 20
  /// So small that steps leave the weights what they are, and each does the same work.
  private static let rate: Float = 1e-12
  private static let clipNorm: Float = 10

  private let architecture: FasterRCNN
  private let parameters: Parameters
  private let precision: Precision

  /// - Parameters:
  ///   - extractor: The backbone.
  ///   - head: What runs for each region.
  ///   - proposals: How many an image has, at most, when objects are detected in it.
  ///   - precision: The type to multiply in.
  /// - Throws: `GraphError` if the backbone's layers do not fit one another or pooled regions.
  init(
    _ extractor: any FeatureExtractor, head: RegionHead, proposals: Int, precision: Precision
  ) throws {
    var settings = FasterRCNNSettings()
    settings.head = head
    settings.proposals.count = proposals
    architecture = try FasterRCNN(
      extractor, classes: (1...Self.classCount).map { "class \($0)" }, settings: settings)
    var parameters = try DetectorStart(backbone: nil, of: architecture, seed: 0).parameters
    for name in ["rpn_box/kernel", "box_deltas/kernel"] {
      parameters[name] = parameters[name].map { Tensor(zeros: $0.shape) }
    }
    self.parameters = parameters
    self.precision = precision
  }

  /// Makes what detects objects in one image, which is on its canvas already.
  ///
  /// - Parameter size: The image's height and width.
  /// - Returns: What detects, and how many proposals it has to look at.
  /// - Throws: `EngineError` if this machine cannot multiply in that type.
  func detection(size: [Int]) throws -> (run: () throws -> Void, proposalCount: Int) {
    let detector = try Detector(architecture, parameters: parameters, precision: precision)
    var generator = SeededGenerator(seed: 0, for: "bench")
    let canvas = CanvasImage(
      .random(size: size, using: &generator), preprocessing: architecture.extractor.preprocessing)
    let proposals = try detector.proposals(
      on: canvas, selecting: architecture.settings.proposals)
    return ({ _ = try detector.detect(on: canvas) }, proposals.count)
  }

  /// Makes what trains the whole detector for one step on random objects.
  ///
  /// A step begins with images in memory: preprocessing and matching the anchors are part of it,
  /// though a run has other threads do that. Normalisations use stored statistics.
  ///
  /// - Parameters:
  ///   - size: The height and the width of each image.
  ///   - batch: How many images a step has.
  ///   - regionCount: How many regions of each image the heads learn from.
  ///   - freeze: The layers that do not train.
  /// - Returns: What runs a step, and tells when each part of it is done.
  /// - Throws: `GraphError` if the images are too small, `TrainingError` if the selection does not fit.
  func trainingStep(
    size: [Int], batch: Int, regionCount: Int, freeze: [String]
  ) throws -> (_ finished: (String) -> Void) throws -> Void {
    var settings = DetectorTrainingSettings()
    settings.regionSampler.count = regionCount
    let freezing = try Freezing(
      LayerSelection(freeze), of: architecture.outline(), batchNorm: .stored)
    let detector = try TrainableDetector(
      architecture, settings: settings, parameters: parameters, trainable: freezing.trainable,
      precision: precision)
    let optimizer = Optimizer(
      .sgd(momentum: 0.9, nesterov: false), for: detector.parameters, clipNorm: Self.clipNorm)
    var generator = SeededGenerator(seed: 0, for: "bench")
    let pictures = (0..<batch).map { _ in
      (
        image: Image.random(size: size, using: &generator),
        objects: (0..<Self.objectCount).map {
          AnnotatedObject.random(label: $0 % Self.classCount, size: size, using: &generator)
        }
      )
    }
    return { [architecture] finished in
      let examples = try pictures.map {
        try DetectorExample(
          $0.image, objects: $0.objects, for: architecture, settings: settings, using: &generator)
      }
      finished("examples")
      _ = try detector.pullback(examples, objective: .joint, using: &generator) {
        finished($0.rawValue)
      }
      try optimizer.update(rate: Self.rate)
      finished("update")
    }
  }
}

/// How long the parts of something take that is done again and again.
struct PartClock {
  private let clock = ContinuousClock()
  private var last = ContinuousClock.now
  private var names: [String] = []
  private var times: [String: [Duration]] = [:]

  /// Begins anew, without forgetting what was measured.
  mutating func restart() { last = clock.now }

  /// Ends a part and begins the next.
  mutating func finish(_ part: String) {
    let now = clock.now
    if times[part] == nil { names.append(part) }
    times[part, default: []].append(now - last)
    last = now
  }

  /// The times of each part, in the order in which parts first ended.
  var parts: [(name: String, times: [Duration])] { names.map { ($0, times[$0] ?? []) } }
}

extension Image {
  /// A picture of noise.
  fileprivate static func random(size: [Int], using generator: inout SeededGenerator) -> Image {
    Image(
      width: size[1], height: size[0],
      pixels: (0..<size[0] * size[1] * 3).map { _ in UInt8.random(in: 0...255, using: &generator) })
  }
}

extension AnnotatedObject {
  /// An object whose sides are a tenth to a half of the image's.
  fileprivate static func random(
    label: Int, size: [Int], using generator: inout SeededGenerator
  ) -> AnnotatedObject {
    func span(_ extent: Int) -> (Float, Float) {
      let length = Float(extent) * Float.random(in: 0.1...0.5, using: &generator)
      let start = Float.random(in: 0...1, using: &generator) * (Float(extent) - length)
      return (start, start + length)
    }
    let (x1, x2) = span(size[1])
    let (y1, y2) = span(size[0])
    return AnnotatedObject(label: label, box: Box(x1: x1, y1: y1, x2: x2, y2: y2))
  }
}
