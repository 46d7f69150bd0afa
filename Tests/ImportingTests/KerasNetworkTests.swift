import Foundation
import Layers
import Tensors
import Testing
import Zoo

@testable import Importing

/// Keras's own networks, as it lists their layers itself; in a folder beside the package, which may not
/// be there.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: listings))) struct KerasNetworkTests {
  private struct Listing: Decodable {
    struct Layer: Decodable {
      struct Weight: Decodable {
        let `var`: String
        let shape: [Int]
      }

      let name: String
      let `class`: String
      let inbound: [String]
      let weights: [Weight]
    }

    let layers: [Layer]
  }

  private struct OldListing: Decodable {
    struct Layer: Decodable {
      struct Weight: Decodable { let shape: [Int] }

      let name: String
      let weights: [Weight]
    }

    let layers: [Layer]
  }

  /// The file whose layers are a listing's, renamed.
  private struct ListedFile: WeightFile {
    let path = "file"
    let form = "a test's file"
    let variant = Variant.keras
    let tensors: [StoredTensor]
    var architecture: LayerGraph?
    /// The name of each tensor in a fresh session.
    let originals: [String]

    init(
      _ listing: Listing, _ make: (Listing.Layer, Int) -> StoredTensor
    ) {
      var pairs: [(StoredTensor, String)] = []
      for layer in listing.layers {
        for index in layer.weights.indices {
          pairs.append((make(layer, index), "\(layer.name)/\(layer.weights[index].var)"))
        }
      }
      (tensors, originals) = (pairs.map(\.0), pairs.map(\.1))
    }

    func read(_ tensor: StoredTensor) throws -> Tensor { Tensor(zeros: tensor.storedShape) }
  }

  private static let networks: [(String, any FeatureExtractor)] = [
    ("DenseNet121", DenseNet(.oneHundredTwentyOne)), ("EfficientNetB0", EfficientNet(.b0)),
    ("InceptionResNetV2", InceptionResNetV2()), ("InceptionV3", InceptionV3()),
    ("MobileNetV2", MobileNetV2()), ("ResNet50V2", ResNetV2(.fifty)), ("ResNet50", ResNet(.fifty)),
    ("Xception", Xception()), ("MobileNetV3Large", MobileNetV3(.large)),
    ("MobileNetV3Small", MobileNetV3(.small)),
  ]

  private func listing(_ name: String) throws -> Listing {
    let data = try Data(contentsOf: URL(filePath: "\(listings)/\(name).json"))
    return try JSONDecoder().decode(Listing.self, from: data)
  }

  /// What a name that Keras made up is in a session that has made 94 of each class before.
  private func later(_ name: String) -> String {
    for stem in ["conv2d", "batch_normalization", "dense", "normalization"] {
      if name == stem { return "\(stem)_94" }
      if name.hasPrefix("\(stem)_"), let number = Int(name.dropFirst(stem.count + 1)) {
        return "\(stem)_\(number + 94)"
      }
    }
    return name
  }

  private func check(
    _ name: String, _ network: any FeatureExtractor, _ file: ListedFile
  ) throws -> ImportReport {
    let graph = try Graph(network.stages, input: network.imageShape)
    // The numbers are not read: there are many, and nothing in them.
    let plan = ImportPlan(
      tensors: file.tensors, architecture: file.architecture, target: ImportTarget(graph))
    let originals = Dictionary(
      uniqueKeysWithValues: zip(file.tensors.map(\.path), file.originals))
    var wrong: [String] = []
    for pair in plan.pairs {
      let found = pair.tensors.map { originals[$0.path] ?? "" }
      if found != [pair.specification.name] { wrong.append("\(pair.specification): \(found)") }
    }
    #expect(wrong == [], "\(name)")
    #expect(plan.pairs.count == file.tensors.count)
    #expect(plan.report.unused == [])
    return plan.report
  }

  private func stored(
    _ layer: Listing.Layer, _ index: Int, as name: String, isNamed: Bool = true,
    layerClass: String? = nil
  ) -> StoredTensor {
    let weight = layer.weights[index]
    let isThird = !isNamed && layer.weights.count == 3 && weight.var == "gamma"
    return StoredTensor(
      path: "/\(name)/\(weight.var)", layer: name, variable: isThird ? "beta" : weight.var,
      storedShape: weight.shape, elementType: .float32, typeName: "float32", isNamed: isNamed,
      layerClass: layerClass, otherVariables: isThird ? ["gamma"] : [])
  }

  @Test("A file of a later session is right", arguments: networks)
  func offset(name: String, network: any FeatureExtractor) throws {
    let file = ListedFile(try listing(name)) { layer, index in
      stored(layer, index, as: later(layer.name))
    }
    let report = try check(name, network, file)
    #expect(report.warnings == [])
  }

  @Test(
    "A file without names is right, by the order of model.layers in each class", arguments: networks
  )
  func unnamed(name: String, network: any FeatureExtractor) throws {
    var counts: [String: Int] = [:]
    var names: [String: String] = [:]
    let listing = try listing(name)
    for layer in listing.layers {
      names[layer.name] = "layers/\(layer.class)_\(counts[layer.class, default: 0])"
      counts[layer.class, default: 0] += 1
    }
    let classes = [
      "Conv2D": "conv2d", "DepthwiseConv2D": "depthwise_conv2d", "Dense": "dense",
      "SeparableConv2D": "separable_conv2d", "BatchNormalization": "batch_normalization",
      "Normalization": "normalization",
    ]
    let file = ListedFile(listing) { layer, index in
      stored(
        layer, index, as: names[layer.name] ?? "", isNamed: false, layerClass: classes[layer.class])
    }
    _ = try check(name, network, file)
  }

  /// As the official file of Xception has it, in Keras 1's spelling.
  @Test(
    "A file in which Keras named every layer is right",
    arguments: networks.filter { !$0.0.hasPrefix("Inception") })
  func allAutomatic(name: String, network: any FeatureExtractor) throws {
    let stems = [
      "Conv2D": "convolution2d", "DepthwiseConv2D": "depthwise_conv2d", "Dense": "dense",
      "SeparableConv2D": "separableconvolution2d", "BatchNormalization": "batchnormalization",
      "Normalization": "normalization",
    ]
    var counts: [String: Int] = [:]
    var names: [String: String] = [:]
    let listing = try listing(name)
    for layer in listing.layers {
      guard let stem = stems[layer.class] else { continue }
      counts[stem, default: 0] += 1
      names[layer.name] = "\(stem)_\(counts[stem, default: 0])"
    }
    let file = ListedFile(listing) { layer, index in
      stored(layer, index, as: names[layer.name] ?? "")
    }
    let report = try check(name, network, file)
    // Shortcuts with weights have a twin in the branch beside them.
    let hasTwins = ["ResNet50", "ResNet50V2", "Xception"].contains(name)
    #expect(report.warnings.isEmpty != hasTwins, "\(report.warnings)")
  }

  /// Keras 2 has slashes and capitals in them; its layers with weights stand in today's order.
  @Test(
    "A file with Keras 2's names of MobileNetV3 is right",
    arguments: networks.filter { $0.0.hasPrefix("MobileNetV3") })
  func oldSpelling(name: String, network: any FeatureExtractor) throws {
    let data = try Data(contentsOf: URL(filePath: "\(listings)/keras2/\(name).json"))
    let old = try JSONDecoder().decode(OldListing.self, from: data).layers
      .filter { !$0.weights.isEmpty }
    let listing = try listing(name)
    let today = listing.layers.filter { !$0.weights.isEmpty }
    try #require(old.count == today.count)
    let names = Dictionary(uniqueKeysWithValues: zip(today.map(\.name), old.map(\.name)))
    #expect(
      names["expanded_conv_3_squeeze_excite_conv_1"] == "expanded_conv_3/squeeze_excite/Conv_1")
    let file = ListedFile(listing) { layer, index in
      stored(layer, index, as: names[layer.name] ?? "")
    }
    let report = try check(name, network, file)
    #expect(report.warnings == [] && report.renamed.count == file.tensors.count)
  }

  @Test("A whole model of a later session is right", arguments: networks)
  func architecture(name: String, network: any FeatureExtractor) throws {
    let listing = try listing(name)
    var file = ListedFile(listing) { layer, index in
      stored(layer, index, as: later(layer.name))
    }
    file.architecture = LayerGraph(
      listing.layers.map { layer in
        .init(
          later(layer.name), reads: layer.inbound.map(later),
          isOrdered: layer.class == "Concatenate")
      })
    let report = try check(name, network, file)
    #expect(report.warnings == [])
  }
}

private let listings = URL(filePath: #filePath).deletingLastPathComponent()
  .appending(path: "../../../shared/keras/layers").standardized.path
