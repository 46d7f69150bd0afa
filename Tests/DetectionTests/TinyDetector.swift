import Boxes
import Datasets
import Detection
import Layers
import Tensors
import TinyNetworks

/// A detector of two classes that is quick.
struct TinyDetector {
  var backbone = TinyBackbone()
  var settings = FasterRCNNSettings()
  var learning = DetectorTrainingSettings()

  init() {
    (backbone.channels, backbone.tail) = (16, TinyBackbone.convolutionTail)
    settings.imageSize = ImageSizing(shorterSide: 64, longerSide: 96)
    settings.anchors = AnchorShapes(sides: [16, 32], ratios: [0.5, 1, 2])
    (settings.proposalChannels, settings.pooledSide) = (16, 3)
    settings.proposals = ProposalSelection(candidates: 200, count: 30)
    learning.proposals = ProposalSelection(candidates: 200, count: 30)
    learning.anchorSampler = BalancedSampler(count: 32, positiveShare: 0.5)
    learning.regionSampler = BalancedSampler(count: 16, positiveShare: 0.5)
  }

  func architecture() throws -> FasterRCNN {
    try FasterRCNN(backbone, classes: ["blue", "red"], settings: settings)
  }

  /// Every parameter of both networks.
  func specifications() throws -> [ParameterSpecification] {
    let architecture = try architecture()
    return try Graph(architecture.imageStages, input: [1, 64, 64, 3]).parameters
      + Graph(architecture.regionStages, input: architecture.regionShape(count: 1)).parameters
  }

  /// Random numbers for all of them; normalisations have statistics unlike those they start with.
  func parameters(seed: UInt64 = 1) throws -> Parameters {
    var parameters = Parameters()
    for specification in try specifications() {
      var generator = SeededGenerator(seed: seed, for: specification.name)
      let (mean, deviation): (Float, Float) =
        switch specification.variable {
        case "gamma", "moving_variance": (1, 0.1)
        case "kernel" where specification.layer == "box_deltas": (0, 0.1)
        case "kernel" where specification.layer == "body_dw": (0, 0.5)
        case "kernel": (0, (2 / Float(specification.shape.dropLast().reduce(1, *))).squareRoot())
        default: (0, 0.1)
        }
      parameters[specification.name] = Tensor(
        shape: specification.shape,
        values: (0..<specification.count).map { _ in
          mean + deviation * Float(generator.normal())
        })
    }
    return parameters
  }

  /// All that training changes.
  func trainable() throws -> Set<String> {
    Set(try specifications().filter { !$0.variable.hasPrefix("moving_") }.map(\.name))
  }

  func example(
    _ picture: (image: Image, objects: [AnnotatedObject]), seed: UInt64 = 1
  ) throws -> DetectorExample {
    var generator = SeededGenerator(seed: seed, for: "anchors")
    return try DetectorExample(
      picture.image, objects: picture.objects, for: architecture(), settings: learning,
      using: &generator)
  }
}

/// Paints boxes, blue for label 0 and red for 1, on noise.
func picture(
  width: Int, height: Int, _ objects: [AnnotatedObject] = [], seed: UInt64 = 1
) -> (image: Image, objects: [AnnotatedObject]) {
  var generator = SeededGenerator(seed: seed, for: "picture")
  var pixels = (0..<3 * width * height).map { _ in UInt8(100 + generator.index(below: 56)) }
  for object in objects {
    for row in Int(object.box.y1)..<Int(object.box.y2) {
      for column in Int(object.box.x1)..<Int(object.box.x2) {
        let place = 3 * (row * width + column)
        pixels[place] = object.label == 1 ? 250 : 10
        pixels[place + 1] = 10
        pixels[place + 2] = object.label == 0 ? 250 : 10
      }
    }
  }
  return (Image(width: width, height: height, pixels: pixels), objects)
}

extension AnnotatedObject {
  init(_ label: Int, _ x1: Float, _ y1: Float, _ x2: Float, _ y2: Float, difficult: Bool = false) {
    self.init(label: label, box: Box(x1: x1, y1: y1, x2: x2, y2: y2), isDifficult: difficult)
  }
}
