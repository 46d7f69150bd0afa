import Importing
import Layers
import Testing

@testable import TensorFlowConverter

@Suite("Names of TensorFlow-Slim's networks")
struct SlimNetworkTests {
  /// What `make_names.py` found in TensorFlow and in Keras.
  private struct Lists {
    let scope: String
    var variables: [TensorFlowVariable] = []
    var keras: [String: [Int]] = [:]

    init(_ network: String) {
      let text = String(
        decoding: Fixture.bytes(Fixture.path("\(network).names.txt")), as: UTF8.self)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      scope = String(lines[0])
      var isKeras = false
      for line in lines.dropFirst() {
        if line.isEmpty { isKeras = true }
        let words = line.split(separator: " ")
        for word in words.dropFirst() {
          let parts = word.split(separator: ":", omittingEmptySubsequences: false)
          let shape = parts[1].split(separator: ",").compactMap { Int($0) }
          if isKeras {
            keras["\(words[0])/\(parts[0])"] = shape
          } else {
            let isNorm = parts[0].first == "~"
            let variable = isNorm ? "BatchNorm/\(parts[0].dropFirst())" : String(parts[0])
            let name = "\(scope)/\(words[0])/\(variable)"
            variables.append(
              TensorFlowVariable(path: name, name: name, shape: shape, type: DataType(number: 1)))
          }
        }
      }
    }
  }

  @Test(
    "Every variable becomes the parameter that Keras has in the same shape",
    arguments: [
      "resnet_v1_50", "resnet_v2_50", "vgg_16", "mobilenet_v1", "mobilenet_v2", "inception_v3",
      "inception_resnet_v2",
    ])
  func keras(network: String) {
    let lists = Lists(network)
    let naming = VariableNaming(lists.variables)
    #expect(naming.ignored.isEmpty)
    var expected = lists.keras
    // Before a normalisation Keras's ResNet has biases, slim's none.
    if network == "resnet_v1_50" {
      expected = expected.filter { !$0.key.hasSuffix("_conv/bias") }
    }
    let found = Dictionary(naming.tensors.map { ($0.name, $0.shape) }) { first, _ in first }
    #expect(found.count == naming.tensors.count)
    #expect(found == expected)
    #expect(naming.networkScope == lists.scope)
  }

  @Test(
    "Networks that Keras lacks have a name for every variable, and no name twice",
    arguments: [("inception_v1", 58), ("inception_v2_detector", 70), ("inception_v4", 150)])
  func others(network: String, convolutions: Int) {
    let naming = VariableNaming(Lists(network).variables)
    #expect(naming.ignored.isEmpty)
    #expect(naming.tensors.allSatisfy { $0.rule != nil })
    #expect(Set(naming.tensors.map(\.name)).count == naming.tensors.count)
    let kernels = naming.tensors.filter { ["kernel", "pointwise_kernel"].contains($0.variable) }
    #expect(kernels.count == convolutions)
  }

  @Test("The deeper networks have as many layers as their names say")
  func depths() throws {
    for depth in [50, 101, 152] {
      for version in ["v1", "v2"] {
        let network = try #require(SlimNetwork(scope: "resnet_\(version)_\(depth)"))
        let count = network.layers.values.count { $0.weighted != nil }
        #expect(count == depth + 4, "the four shortcuts do not count")
      }
    }
    for depth in [16, 19] {
      #expect(SlimNetwork(scope: "vgg_\(depth)")?.layers.count == depth)
    }
  }

  @Test("Inception v4 is numbered module after module, branch after branch")
  func inceptionV4() throws {
    let layers = try #require(SlimNetwork(scope: "InceptionV4")).layers
    let numbers = [
      "Conv2d_1a_3x3": "conv2d", "Mixed_3a/Branch_1/Conv2d_0a_3x3": "conv2d_3",
      "Mixed_4a/Branch_1/Conv2d_0a_1x1": "conv2d_6",
      "Mixed_5a/Branch_0/Conv2d_1a_3x3": "conv2d_10",
      "Mixed_6b/Branch_2/Conv2d_0e_1x7": "conv2d_51",
      "Mixed_7d/Branch_3/Conv2d_0b_1x1": "conv2d_148",
    ]
    for (scope, name) in numbers { #expect(layers[scope]?.weighted == name) }
    #expect(layers["Logits/Logits"]?.weighted == "dense")
  }

  @Test("A detector's second stage counts its repeated blocks anew")
  func repeatedBlocks() {
    let names = ["Repeat/block8_2", "Repeat_2/block8_3", "Repeat/block35_2"].map {
      "SecondStageFeatureExtractor/InceptionResnetV2/\($0)/Conv2d_1x1/weights"
    }
    let naming = VariableNaming(
      names.map {
        TensorFlowVariable(path: $0, name: $0, shape: [1, 1, 4, 4], type: DataType(number: 1))
      })
    #expect(
      naming.tensors.map(\.name) == [
        "block8_2_conv/kernel", "block8_3_conv/kernel", "block35_2_conv/kernel",
      ])
    #expect(naming.isDetector)
  }

  @Test("The variant is that of the implementation that has slim's arithmetic")
  func variants() {
    let expected: [(String, Variant)] = [
      ("resnet_v1_50", .slim), ("vgg_16", .slim), ("mobilenet_v2", .slim), ("inception_v1", .slim),
      ("inception_v2_detector", .keras), ("inception_v3", .keras), ("inception_v4", .keras),
      ("inception_resnet_v2", .keras),
    ]
    for (network, variant) in expected {
      #expect(VariableNaming(Lists(network).variables).variant == variant, "\(network)")
    }
    // Slim's own classifier has no γ.
    let own = Lists("inception_v2_detector").variables.filter { !$0.name.hasSuffix("gamma") }
    #expect(VariableNaming(own).variant == .slim)
  }

  @Test("What is beside a backbone is left out with a reason, what is in its scope is not")
  func leftOut() {
    let names = [
      "InceptionV3/Conv2d_1a_3x3/weights", "InceptionV3/AuxLogits/Conv2d_1b_1x1/weights",
      "InceptionV3/New/weights", "aspp0/weights",
    ]
    let naming = VariableNaming(
      names.map {
        TensorFlowVariable(path: $0, name: $0, shape: [3, 3, 3, 4], type: DataType(number: 1))
      })
    #expect(naming.tensors.map(\.name) == ["conv2d/kernel", "InceptionV3/New/weights"])
    #expect(naming.ignored.map(\.reason) == [.auxiliaryClassifier, .outsideBackbone])
  }
}
