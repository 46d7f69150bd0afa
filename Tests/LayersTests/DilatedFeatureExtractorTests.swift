import Layers
import Testing

@Suite struct DilatedFeatureExtractorTests {
  private struct Tiny: FeatureExtractor {
    var strides = [2, 2, 2, 2]

    var preprocessing: Preprocessing { .signed(imageSide: 32) }
    var imageStages: [Stage] {
      strides.enumerated().map { index, stride in
        Stage("stage_\(index)") { Conv2D("conv_\(index)", 3, 4, stride: stride) }
      }
    }
    var regionStages: [Stage] { [Stage("region") { Conv2D("region", 3, 4, stride: 2) }] }
    var classifier: Stage { Stage("top") { GlobalAveragePool("pool") } }
  }

  private func windows(_ stages: [Stage], side: Int) throws -> [String] {
    try Graph(stages, input: [1, side, side, 3]).nodes.compactMap { node in
      guard case .convolution(let window, _, _, _) = node.operation else { return nil }
      let margins = window.margins
      return "\(node.layer) \(window.stride) \(window.dilation) \(margins.top)+\(margins.bottom) "
        + "\(node.shape[1])"
    }
  }

  @Test("Strides beyond the one asked for become dilation of what follows, regions excepted")
  func windows() throws {
    let dilated = try Tiny().dilated(toStride: 4)
    #expect(
      try windows(dilated.stages, side: 32) == [
        "conv_0 2 1 0+1 16", "conv_1 2 1 0+1 8", "conv_2 1 1 0+2 8", "conv_3 1 2 0+4 8",
        "region 2 1 0+1 1",
      ])
    #expect(
      try windows(dilated.stages, side: 33) == [
        "conv_0 2 1 1+1 17", "conv_1 2 1 1+1 9", "conv_2 1 1 1+1 9", "conv_3 1 2 2+2 9",
        "region 2 1 1+1 2",
      ])
    #expect(try dilated.featureMaps().map(\.stride) == [2, 4, 4, 4])
    #expect(
      try Graph(dilated.imageStages, input: dilated.imageShape).nodes.map(\.dilation) == [
        1, 1, 1, 2, 4,
      ])
    #expect(try dilated.parameters() == Tiny().parameters())
    #expect(dilated.stages.map(\.name).suffix(3) == ["bridge", "region", "top"])
  }

  @Test("A stride may be left in part")
  func parts() throws {
    let dilated = try Tiny(strides: [4, 4, 1]).dilated(toStride: 8)
    #expect(
      try windows(dilated.imageStages, side: 32) == [
        "conv_0 4 1 0+0 8", "conv_1 2 1 0+1 4", "conv_2 1 2 2+2 4",
      ])
  }

  @Test("The network's own stride changes nothing")
  func ownStride() throws {
    #expect(try Tiny().dilated(toStride: 16) is Tiny)
  }

  @Test(
    "A stride that the network cannot have is refused with those it can",
    arguments: [0, -4, 1, 2, 3, 6, 12, 32, .max])
  func refusals(stride: Int) {
    let error = #expect(throws: GraphError.self) { try Tiny().dilated(toStride: stride) }
    #expect(
      error?.description
        == "layer conv_3: the feature stride is not possible, expected 4 or 8 or 16, found \(stride)"
    )
  }

  @Test("A network whose strides leave no such one says so", arguments: [[2], [3, 3]])
  func impossible(strides: [Int]) {
    let error = #expect(throws: GraphError.self) {
      try Tiny(strides: strides).dilated(toStride: 4)
    }
    #expect(
      error?.reason.hasSuffix(
        "expected none: the last map's own stride is \(strides.reduce(1, *)), found 4") == true)
  }

  @Test("A stride that the network's own do not add up to is refused, and so is no network")
  func others() {
    #expect(throws: GraphError.self) { try Tiny(strides: [3, 4]).dilated(toStride: 4) }
    #expect(throws: GraphError.self) { try Tiny(strides: []).dilated(toStride: 4) }
  }
}
