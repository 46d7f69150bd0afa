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
    "Every layer stands where Keras has it, with its output's and its parameters' shapes",
    arguments: [
      ("MobileNetV2", MobileNetV2() as any FeatureExtractor),
      ("MobileNetV2_0.35_96", MobileNetV2(alpha: 0.35)),
      ("MobileNetV2_notop_odd_225", MobileNetV2()),
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
    let layers = file.layers.dropFirst().filter { !$0.dropsUnits }
    let last = try #require(layers.last).name
    let graph = try Graph(
      network.stages, input: file.input_shape.map { $0 ?? 1 }, endpoints: [last])
    let parameters = Dictionary(grouping: graph.parameters, by: \.layer)
    let lines = try KerasLayerOrder(graph).layers.dropFirst().map { name in
      let value = try #require(graph.output(of: name))
      let weights = parameters[name, default: []].map { "\($0.variable) \($0.shape)" }
      return "\(name) \(graph[value].shape.dropFirst()) \(weights)"
    }
    let expected = layers.map { layer in
      let weights = layer.weights.map { "\($0.var) \($0.shape)" }
      return "\(layer.name) \(layer.output_shape.compactMap(\.self)[...]) \(weights)"
    }
    #expect(lines == expected)
  }
}

/// A list of a network's layers as Keras builds it, in the order of `model.layers`.
private struct LayerListFile: Decodable {
  struct Layer: Decodable {
    struct Config: Decodable { let noise_shape: [Int?]? }
    struct Weight: Decodable {
      let `var`: String
      let shape: [Int]
    }

    let name: String
    let output_shape: [Int?]
    let config: Config
    let weights: [Weight]

    /// Whether this is stochastic depth, which the package does not have.
    var dropsUnits: Bool { config.noise_shape != nil }
  }

  let input_shape: [Int?]
  let layers: [Layer]

  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../shared/keras/layers").standardized.path

  init(named name: String) throws {
    let data = try Data(contentsOf: URL(filePath: "\(Self.folder)/\(name).json"))
    self = try JSONDecoder().decode(Self.self, from: data)
  }
}
