import Layers
import Testing

@testable import Training

@Suite struct FreezingTests {
  private func freezing(_ words: [String], _ batchNorm: BatchNormPolicy) throws -> Freezing {
    try Freezing(
      try LayerSelection(words), of: NetworkOutline(TinyNetwork().stages, input: [1, 12, 12, 3]),
      batchNorm: batchNorm)
  }

  @Test("Statistics never train; scales and shifts do where their layer is not frozen")
  func stored() throws {
    let freezing = try freezing(["stem"], .stored)
    #expect(
      freezing.trainable.sorted() == [
        "body_dw/kernel", "body_dw_bn/beta", "body_dw_bn/gamma", "body_pw/bias", "body_pw/kernel",
        "predictions/bias", "predictions/kernel", "tail_conv/bias", "tail_conv/kernel",
      ])
    #expect(freezing.batchStatistics.isEmpty)
    #expect(freezing.frozenLayers == ["stem_conv", "stem_bn", "stem_relu"])
  }

  @Test("Frozen normalisations keep everything, in all stages")
  func frozen() throws {
    let freezing = try freezing([], .frozen)
    #expect(!freezing.trainable.contains { $0.contains("_bn/") })
    #expect(freezing.trainable.contains("stem_conv/kernel"))
    #expect(freezing.frozenLayers == ["stem_bn", "body_dw_bn"])
  }

  @Test("Statistics of the batch are for layers that are not frozen")
  func batch() throws {
    #expect(try freezing(["stem"], .batch).batchStatistics == ["body_dw_bn"])
    #expect(try freezing([], .batch).batchStatistics == ["stem_bn", "body_dw_bn"])
  }

  @Test("The summary counts every parameter once")
  func summary() throws {
    let rows = try freezing(["stem", "body_pw"], .stored).summary
    #expect(
      rows.map {
        "\($0.stage) \($0.layers) \($0.frozenLayers) \($0.trainedParameters) \($0.fixedParameters)"
      } == ["stem 2 2 0 186", "body 3 1 66 68", "tail 1 0 584 0", "classifier 1 0 27 0"])
  }
}
