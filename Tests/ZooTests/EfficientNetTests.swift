import Layers
import Testing
import Zoo

@Suite struct EfficientNetTests {
  private let network = EfficientNet(.b0)

  @Test("B0 has the layers that Keras builds for its ImageNet weights")
  func imageNet() throws { try network.expectLayers(of: "efficientnet_b0") }

  @Test("Without the division for them, B0 has the layers that Keras builds for random weights")
  func plain() throws {
    let plain = EfficientNet(.b0, imageNetScaling: false)
    try plain.expectLayers(of: "efficientnet_b0_notop_225x193")
    // Nobody trained the difference.
    #expect(try plain.parameters() == network.parameters())
  }

  @Test("The second division is by the square roots of ImageNet's deviations")
  func scaling() throws {
    let graph = try Graph(network.stages, input: network.imageShape)
    let scaling = try #require(graph.output(of: "rescaling_1"))
    let factors: [Float] = [2.089_691_9, 2.112_885_6, 2.108_185_1]
    guard case .rescale(let found, let offsets) = graph[scaling].operation else {
      Issue.record("no rescaling, but \(graph[scaling].operation)")
      return
    }
    #expect(zip(found, factors).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(offsets == [0, 0, 0])
    #expect(network.preprocessing == .unscaled())
  }

  @Test(
    "Parameters are as many as Keras counts",
    arguments: [
      (EfficientNet.Scale.b0, 5_330_571, 224), (.b1, 7_856_239, 240), (.b2, 9_177_569, 260),
      (.b3, 12_320_535, 300), (.b4, 19_466_823, 380), (.b5, 30_562_527, 456),
      (.b6, 43_265_143, 528), (.b7, 66_658_687, 600),
    ])
  func count(scale: EfficientNet.Scale, expected: Int, side: Int) throws {
    let network = EfficientNet(scale)
    try network.expectParameters(expected)
    try network.expectPartsMakeTheWhole()
    #expect(network.preprocessing.imageSide == side)
  }

  @Test("Maps end where channels are expanded, before each stride")
  func maps() throws {
    #expect(
      try network.maps == [
        "block2a_expand_activation 2 96", "block3a_expand_activation 4 144",
        "block4a_expand_activation 8 240", "block6a_expand_activation 16 672",
      ])
    #expect(try EfficientNet(.b7).maps.last == "block6a_expand_activation 16 1344")
  }

  @Test("Regions come out at half the resolution", arguments: [(7, 4), (14, 7)])
  func regions(side: Int, result: Int) throws {
    #expect(try network.regionShape(side: side) == [300, result, result, 1280])
  }

  @Test("The paper counts 0.39 · 10⁹ multiply-adds (table 2)")
  func multiplyAdds() throws {
    let count = try Graph(network.stages, input: network.imageShape).multiplyAddCount
    #expect(abs(Double(count) / 0.39e9 - 1) < 0.02, "\(count)")
  }

  @Test("A small network has its layers under the same names")
  func smallNetwork() throws {
    let small = EfficientNet(width: 0.5, depth: 1, classes: 5)
    #expect(
      try Graph(small.stages, input: small.imageShape).layers
        == Graph(network.stages, input: network.imageShape).layers)
  }
}
