import Layers
import Testing

@Suite struct FeatureExtractorTests {
  /// A network of one's own, as a user would write it.
  private struct Tiny: FeatureExtractor {
    var preprocessing: Preprocessing { .signed(imageSide: 16) }
    var imageStages: [Stage] {
      [
        Stage("a") { Conv2D("conv_a", 3, 4, stride: 2, activation: .relu) },
        Stage("b") {
          Conv2D("conv_b", 3, 8, stride: 2)
          BatchNorm("bn_b")
        },
      ]
    }
    var regionStages: [Stage] { [Stage("c") { Conv2D("conv_c", 3, 16, stride: 2) }] }
    var classifier: Stage {
      Stage("top") {
        GlobalAveragePool("pool")
        Dense("fc", 3, activation: .softmax)
      }
    }
  }

  @Test("A network without a bridge is its other stages")
  func stages() throws {
    #expect(Tiny().stages.map(\.name) == ["a", "b", "c", "top"])
    #expect(Tiny().imageShape == [1, 16, 16, 3])
  }

  @Test("Maps are known before an image is seen")
  func featureMaps() throws {
    #expect(
      try Tiny().featureMaps().map { "\($0.stage) \($0.endpoint) \($0.stride) \($0.channels)" }
        == ["a conv_a 2 4", "b bn_b 4 8"])
  }

  @Test("The top is what comes after the last map")
  func top() throws {
    #expect(try Tiny().topParameters().map(\.name) == ["fc/kernel", "fc/bias"])
    #expect(
      try Tiny().parameters().map(\.layer) == [
        "conv_a", "conv_a", "conv_b", "conv_b", "bn_b", "bn_b", "bn_b", "bn_b", "conv_c", "conv_c",
        "fc", "fc",
      ])
  }

  @Test("Logits are what the softmax at the end reads, under their own layer's name")
  func logits() throws {
    let graph = try Graph(Tiny().logitStages, input: [2, 16, 16, 3])
    #expect(graph[graph.output].operation == .dense(units: 3, bias: true))
    #expect(graph.output(of: "fc") == graph.output)
    #expect(try graph.parameters == Tiny().parameters())
  }

  @Test("A softmax that is a layer of its own goes, and one that is not the last stays")
  func logitsOfLayers() throws {
    let stage = Stage("top") {
      Dense("attention", 4, activation: .softmax)
      Dense("fc", 3)
      ActivationLayer("predictions", .softmax)
    }
    let graph = try Graph([stage.logits], input: [1, 5])
    #expect(graph.layers == ["attention", "fc"])
    #expect(graph.nodes.filter { $0.operation == .activation(.softmax) }.count == 1)
    #expect(graph.output(of: "predictions") == nil)
    #expect(try Graph([stage.logits.logits], input: [1, 5]).layers == graph.layers)
    #expect(try Graph([Stage.empty.logits], input: [1, 5]).layers.isEmpty)
  }
}
