import Engine
import Foundation
import Importing
import KerasConverter
import Layers
import Tensors
import Testing

/// A backbone that the package does not have, in the words that it gives everybody.
private struct PlainNet: FeatureExtractor {
  var preprocessing: Preprocessing { .signed(imageSide: 32) }

  var imageStages: [Stage] {
    [
      Stage("stem") {
        Conv2D("stem_conv", 3, 8, stride: 2, bias: false)
        BatchNorm("stem_bn")
        ReLU("stem_relu")
      },
      Stage("body") {
        MaxPool("body_pool", 2, stride: 2)
        Residual("body_add") { Conv2D("body_conv", 3, 8) }
        ReLU("body_out")
      },
    ]
  }

  var regionStages: [Stage] { [Stage("region") { Conv2D("region_conv", 1, 16, stride: 2) }] }

  var classifier: Stage {
    Stage("classifier") {
      GlobalAveragePool("pool")
      Dense("predictions", 3, activation: .softmax)
    }
  }
}

@Suite struct OwnBackboneTests {
  @Test("A backbone of one's own imports weights and gives features like any other")
  func ownBackbone() throws {
    let backbone = PlainNet()
    #expect(
      try backbone.featureMaps() == [
        FeatureMap(stage: "stem", endpoint: "stem_relu", stride: 2, channels: 8),
        FeatureMap(stage: "body", endpoint: "body_out", stride: 4, channels: 8),
      ])

    let graph = try Graph(backbone.stages, input: backbone.imageShape)
    var generator = SeededGenerator(seed: 11)
    let path = NSTemporaryDirectory() + "own-backbone-\(UUID().uuidString).h5"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let written = graph.randomParameters(using: &generator)
    try KerasWriter().write(written, layers: KerasLayerOrder(graph).layers, to: path)

    let names = try backbone.parameters()
    let (parameters, report) = try KerasFile(path).parameters(needed: names, known: names)
    #expect(report.matched.count == names.count)

    let input = Tensor.random([1, 37, 45, 3], using: &generator)
    let maps = try Network(backbone.stages, parameters: parameters, precision: .float32)(
      input, endpoints: ["stem_relu", "body_out", "predictions"])
    let exact = try Graph(backbone.stages, input: input.shape)
    let expected = ReferenceInterpreter(graph: exact, parameters: written).outputs(for: input)
    for (name, map) in zip(["stem_relu", "body_out", "predictions"], maps) {
      let value = try #require(exact.output(of: name))
      #expect(relativeDifference(map.floats, expected[value.index]) < 2e-6)
    }
  }
}
