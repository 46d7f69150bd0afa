import Foundation
import Importing
import Layers
import Testing
import Zoo

/// The large lists of Keras's networks beside the package: whole families, which the small lists of
/// the tests stand for where these are missing.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: LayerListFile.folder)))
struct KerasLayerListTests {
  @Test(
    "Every layer stands where Keras has it, reads what it reads there and has its numbers",
    arguments: [
      ("VGG16", VGG(.sixteen) as any FeatureExtractor),
      ("VGG19", VGG(.nineteen)),
      ("ResNet50", ResNet(.fifty)),
      ("ResNet50_notop_600", ResNet(.fifty)),
      ("ResNet101", ResNet(.oneHundredOne)),
      ("ResNet152", ResNet(.oneHundredFiftyTwo)),
      ("MobileNet", MobileNet()),
      ("MobileNet_0.25_128", MobileNet(alpha: 0.25)),
      ("MobileNet_notop_odd_225", MobileNet()),
      ("MobileNetV2", MobileNetV2()),
      ("MobileNetV2_0.35_96", MobileNetV2(alpha: 0.35)),
      ("MobileNetV2_notop_odd_225", MobileNetV2()),
      ("MobileNetV3Large", MobileNetV3(.large)),
      ("MobileNetV3Small", MobileNetV3(.small)),
      ("Xception", Xception()),
      ("DenseNet121", DenseNet(.oneHundredTwentyOne)),
      ("DenseNet169", DenseNet(.oneHundredSixtyNine)),
      ("DenseNet201", DenseNet(.twoHundredOne)),
      ("EfficientNetB0", EfficientNet(.b0, imageNetScaling: false)),
      ("EfficientNetB1", EfficientNet(.b1, imageNetScaling: false)),
      ("EfficientNetB2", EfficientNet(.b2, imageNetScaling: false)),
      ("EfficientNetB3", EfficientNet(.b3, imageNetScaling: false)),
      ("EfficientNetB4", EfficientNet(.b4, imageNetScaling: false)),
      ("EfficientNetB5", EfficientNet(.b5, imageNetScaling: false)),
      ("EfficientNetB6", EfficientNet(.b6, imageNetScaling: false)),
      ("EfficientNetB7", EfficientNet(.b7, imageNetScaling: false)),
    ])
  func network(list: String, network: any FeatureExtractor) throws {
    let file = try LayerListFile(named: list)
    let last = try #require(file.layers.last).name
    let graph = try Graph(
      network.stages, input: zip(file.input_shape, network.imageShape).map { $0 ?? $1 },
      endpoints: [last])
    let found = try KerasLayerOrder(graph).layers.dropFirst().map { try Facts(of: $0, in: graph) }
    let expected = file.facts
    #expect(found.count == expected.count)
    for (found, expected) in zip(found, expected) { #expect(found == expected.sized(as: found)) }
  }
}

/// What there is to know of a layer in its place.
private struct Facts: Equatable {
  let name: String
  var inputs: [String] = []
  /// Without the batch; nil where Keras leaves the size of images open.
  var output: [Int?] = []
  var weights: [String] = []
  /// Sizes, strides and dilations of windows, ε, momentum, activations.
  var numbers: Set<String> = []

  init(of layer: String, in graph: Graph) throws {
    name = layer
    output = Array(graph[try #require(graph.output(of: layer))].shape.dropFirst())
    for node in graph.nodes where node.layer == layer {
      inputs += node.inputs.map { graph[$0].layer }.filter { $0 != layer }
      weights += node.parameters.map { "\($0.variable) \($0.shape)" }
      switch node.operation {
      case .convolution(let window, _, _, _) where graph[node.inputs[0]].layer == layer:
        // The second part of a separable convolution.
        #expect(window == Window(size: 1))
      case .convolution(let window, _, let groups, _):
        insert(window)
        numbers.insert("groups \(groups)")
      case .depthwiseConvolution(let window, _, _), .pool(_, let window): insert(window)
      case .batchNorm(let epsilon, _, _, let momentum):
        numbers = ["epsilon \(epsilon)", "momentum \(momentum)"]
      case .activation(.relu6): numbers.insert("at most 6.0")
      case .activation(.swish): numbers.insert("silu")
      case .activation(.hardSwish): numbers.insert("hard_silu")
      // Keras's sum before its ReLU6 and its product after it are no layers.
      case .activation(.hardSigmoid): numbers.insert("at most 6.0")
      case .activation(let activation): numbers.insert(activation.rawValue)
      case .zeroPad(let margins):
        numbers.insert("zeros \([margins.top, margins.bottom, margins.left, margins.right])")
      case .dropout(let rate): numbers.insert("rate \(rate)")
      case .rescale(let factors, let offsets): numbers.insert("\(factors) \(offsets)")
      default: break
      }
    }
  }

  private mutating func insert(_ window: Window) {
    insert(size: [window.size.height, window.size.width], window.stride, window.dilation)
    // A window that strides by its size may need no padding to be "same".
    if window.margins != .none { numbers.insert("same") }
  }

  private mutating func insert(size: [Int], _ stride: Int, _ dilation: Int) {
    numbers.formUnion(["size \(size)", "stride \(stride)", "dilation \(dilation)"])
  }

  init(_ layer: LayerListFile.Layer) {
    let config = layer.config
    name = layer.name
    inputs = layer.inbound
    output = Array(layer.output_shape.dropFirst())
    weights = layer.weights.map { "\($0.var) \($0.shape)" }
    if let size = config.kernel_size ?? config.pool_size, let stride = config.strides?.first {
      insert(size: size, stride, config.dilation_rate?.first ?? 1)
      if layer.class == "Conv2D" { numbers.insert("groups \(config.groups ?? 1)") }
      if config.padding == .word("same"), size != [1, 1] { numbers.insert("same") }
    }
    if case .cells(let sides) = config.padding { numbers.insert("zeros \(sides.flatMap(\.self))") }
    if let epsilon = config.epsilon, let momentum = config.momentum {
      numbers = ["epsilon \(epsilon)", "momentum \(momentum)"]
    }
    if let activation = config.activation, activation != "linear" { numbers.insert(activation) }
    if let limit = config.max_value {
      numbers.insert("at most \(limit)")
    } else if layer.class == "ReLU" {
      numbers.insert("relu")
    }
    if let rate = config.rate { numbers.insert("rate \(rate)") }
    if let scale = config.scale, case .number(let factor) = scale {
      numbers.insert("[\(factor)] [\(config.offset ?? 0)]")
    }
  }

  /// This layer with the sizes that its own network leaves open.
  func sized(as other: Facts) -> Facts {
    guard output.count == other.output.count else { return self }
    var facts = self
    facts.output = zip(output, other.output).map { $0 ?? $1 }
    return facts
  }

  /// This layer, reading what others read before they were left out.
  func reading(_ inputs: [String]) -> Facts {
    var facts = self
    facts.inputs = inputs
    return facts
  }
}

/// A list of a network's layers as Keras builds it, in the order of `model.layers`.
private struct LayerListFile: Decodable {
  struct Layer: Decodable {
    struct Config: Decodable {
      let kernel_size, pool_size, strides, dilation_rate: [Int]?
      let groups: Int?
      let padding: Padding?
      let epsilon, momentum, max_value, rate, offset: Float?
      let scale: Scale?
      let activation: String?
      let noise_shape: [Int?]?
    }

    /// Of convolutions a word, of paddings cells before and after.
    enum Padding: Decodable, Equatable {
      case word(String)
      case cells([[Int]])

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let word = try? container.decode(String.self) {
          self = .word(word)
        } else {
          self = .cells(try container.decode([[Int]].self))
        }
      }
    }

    /// Of normalisations whether there is a γ, of rescalings a number.
    enum Scale: Decodable {
      case gamma(Bool)
      case number(Float)

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let gamma = try? container.decode(Bool.self) {
          self = .gamma(gamma)
        } else {
          self = .number(try container.decode(Float.self))
        }
      }
    }

    struct Weight: Decodable {
      let `var`: String
      let shape: [Int]
    }

    let name: String
    let `class`: String
    let inbound: [String]
    let output_shape: [Int?]
    let config: Config
    let weights: [Weight]
  }

  let input_shape: [Int?]
  let layers: [Layer]

  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../shared/keras/layers").standardized.path

  init(named name: String) throws {
    let data = try Data(contentsOf: URL(filePath: "\(Self.folder)/\(name).json"))
    self = try JSONDecoder().decode(Self.self, from: data)
  }

  /// The layers after the input, without stochastic depth, which the package does not have.
  ///
  /// Arithmetic that is no layer in Keras is not listed: in its chain it reads the layer listed before.
  var facts: [Facts] {
    var sources = [layers[0].name: "input"]
    let names = Set(layers.map(\.name))
    return zip(layers, layers.dropFirst()).compactMap { before, layer in
      let inputs = layer.inbound.map { names.contains($0) ? $0 : before.name }
      let facts = Facts(layer).reading(inputs.map { sources[$0, default: $0] })
      if layer.config.noise_shape == nil { return facts }
      sources[layer.name] = facts.inputs.first
      return nil
    }
  }
}
