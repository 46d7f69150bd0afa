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
}
