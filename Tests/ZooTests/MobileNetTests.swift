import Layers
import Testing
import Zoo

@Suite struct MobileNetTests {
  @Test("TensorFlow-Slim's version 1 pads odd maps on all sides")
  func slim() throws {
    try MobileNet(variant: .slim).expectLayers(of: "mobilenet_v1_slim_225x193")
    try MobileNet(variant: .slim).expectPartsMakeTheWhole()
    #expect(MobileNet(variant: .slim).preprocessing == .signed())
    // Slim's least width, where Keras's has but two filters.
    #expect(try MobileNet(alpha: 0.065, variant: .slim).maps[0] == "conv_pw_1_relu 2 8")
    #expect(try MobileNet(alpha: 0.065).maps[0] == "conv_pw_1_relu 2 4")
  }

  @Test("Slim's version 1 has the parameters of Keras's", arguments: [0.25, 0.5, 0.75, 1])
  func slimParameters(alpha: Double) throws {
    let slim = try MobileNet(alpha: alpha, variant: .slim).parameters()
    #expect(try slim == MobileNet(alpha: alpha).parameters())
  }

  @Test(
    "Version 2 has Keras's layers, whatever its width",
    arguments: [
      ("mobilenet_v2", 1), ("mobilenet_v2_0.35", 0.35), ("mobilenet_v2_0.5", 0.5),
      ("mobilenet_v2_0.75", 0.75), ("mobilenet_v2_1.3", 1.3), ("mobilenet_v2_1.4", 1.4),
      ("mobilenet_v2_notop_225x193", 1),
    ])
  func widths(list: String, alpha: Double) throws {
    try MobileNetV2(alpha: alpha).expectLayers(of: list)
  }

  @Test("torchvision's version 2 has no paddings of its own and another ε")
  func torchvision() throws {
    let network = MobileNetV2(variant: .torchvision)
    try network.expectLayers(of: "mobilenet_v2_torchvision_225x193")
    #expect(network.preprocessing == .torch())
  }

  @Test("Implementations put zeros in different places around maps of even and of odd size")
  func margins() throws {
    let one = Margins(top: 1, left: 1, bottom: 1, right: 1)
    let after = Margins(top: 0, left: 0, bottom: 1, right: 1)
    // Maps of 112, 56 … cells, and of 113, 57 ….
    for (side, same) in [(224, after), (225, one)] {
      func margins(_ network: any FeatureExtractor) throws -> Set<Margins> {
        let graph = try Graph(network.imageStages, input: [1, side, side, 3])
        return Set(graph.nodes.compactMap(\.marginsOfStride))
      }
      #expect(try margins(MobileNetV2(variant: .torchvision)) == [one])
      #expect(try margins(MobileNetV2(variant: .slim)) == [same])
      #expect(try margins(MobileNetV2()) == [same])
      #expect(try margins(MobileNet(variant: .slim)) == [same])
      // The first convolution is "same", the units are not.
      #expect(try margins(MobileNet()) == [same, after])
    }
  }

  @Test("Slim's version 2 is Keras's")
  func slimV2() throws {
    let network = MobileNetV2(variant: .slim)
    try network.expectLayers(of: "mobilenet_v2_notop_225x193")
    #expect(network.preprocessing == .signed())
  }

  @Test(
    "All versions 2 have the same parameters", arguments: [0.35, 0.5, 0.75, 1, 1.3, 1.4])
  func parameters(alpha: Double) throws {
    let parameters = try MobileNetV2(alpha: alpha).parameters()
    for variant in Variant.allCases {
      #expect(try MobileNetV2(alpha: alpha, variant: variant).parameters() == parameters)
    }
  }

  @Test("Only Keras rounds a width down before it looks for a multiple of eight")
  func rounding() throws {
    // 0.139 × 64 = 8.896, nine tenths of which 8 is below; 0.139 × 64 rounded down is 8.
    #expect(try MobileNetV2(alpha: 0.139).parameters(of: "block_6_project") == [1, 1, 48, 8])
    let torchvision = MobileNetV2(alpha: 0.139, variant: .torchvision)
    #expect(try torchvision.parameters(of: "block_6_project") == [1, 1, 48, 16])
  }

  @Test("Parameters are as many as Keras counts")
  func counts() throws {
    try MobileNetV2().expectParameters(3_538_984)
    try MobileNetV2(alpha: 0.35).expectParameters(1_691_208)
  }

  @Test("Maps end where channels are expanded, before each stride")
  func maps() throws {
    #expect(
      try MobileNetV2().maps == [
        "block_1_expand_relu 2 96", "block_3_expand_relu 4 144", "block_6_expand_relu 8 192",
        "block_13_expand_relu 16 576",
      ])
    for variant in Variant.allCases {
      try MobileNetV2(variant: variant).expectPartsMakeTheWhole()
    }
  }

  @Test("Regions come out at half the resolution", arguments: [(7, 4), (14, 7)])
  func regions(side: Int, result: Int) throws {
    #expect(try MobileNetV2().regionShape(side: side) == [300, result, result, 1280])
    #expect(
      try MobileNetV2(alpha: 1.4, variant: .torchvision).regionShape(side: side)
        == [300, result, result, 1792])
  }

  @Test("The narrowest and the widest are networks")
  func extremes() throws {
    for alpha in [MobileNetV2.widthMultipliers.lowerBound, MobileNetV2.widthMultipliers.upperBound]
    {
      try MobileNetV2(alpha: alpha).expectPartsMakeTheWhole()
    }
    #expect(try MobileNetV2(alpha: 1.0 / 32).featureMaps().map(\.channels) == [48, 48, 48, 48])
  }

  @Test("The paper counts 300 million multiply-adds (table 4)")
  func multiplyAdds() throws {
    let network = MobileNetV2()
    let count = try Graph(network.stages, input: network.imageShape).multiplyAddCount
    #expect(abs(Double(count) / 300e6 - 1) < 0.01, "\(count)")
  }
}

extension Graph.Node {
  /// The zeros that this puts around a map for the sake of a window that strides.
  fileprivate var marginsOfStride: Margins? {
    switch operation {
    case .zeroPad(let margins): margins
    case .convolution(let window, _, _, _), .depthwiseConvolution(let window, _, _):
      window.stride == 2 && window.margins != .none ? window.margins : nil
    default: nil
    }
  }
}

extension FeatureExtractor {
  /// The shape of a layer's kernel.
  fileprivate func parameters(of layer: String) throws -> [Int] {
    try #require(try parameters().first { $0.layer == layer }).shape
  }
}
