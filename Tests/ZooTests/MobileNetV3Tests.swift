import Layers
import Testing
import Zoo

@Suite struct MobileNetV3Tests {
  @Test(
    "The networks have Keras's layers, whatever their width",
    arguments: [
      ("mobilenet_v3_large", MobileNetV3.Size.large, 1),
      ("mobilenet_v3_large_0.75", .large, 0.75),
      ("mobilenet_v3_large_0.35_notop_225x193", .large, 0.35),
      ("mobilenet_v3_small", .small, 1), ("mobilenet_v3_small_1.5", .small, 1.5),
      ("mobilenet_v3_small_notop_225x193", .small, 1),
    ])
  func keras(list: String, size: MobileNetV3.Size, alpha: Double) throws {
    try MobileNetV3(size, alpha: alpha).expectLayers(of: list)
  }

  @Test("torchvision's have no paddings and no arithmetic of their own")
  func torchvision() throws {
    let large = MobileNetV3(.large, variant: .torchvision)
    try large.expectLayers(of: "mobilenet_v3_large_torchvision_225x193")
    #expect(large.preprocessing == .torch())
    try MobileNetV3(.small, variant: .torchvision)
      .expectLayers(of: "mobilenet_v3_small_torchvision")
  }

  @Test("All implementations have the same parameters at the paper's width")
  func parameters() throws {
    for size in MobileNetV3.Size.allCases {
      let keras = try MobileNetV3(size).parameters()
      #expect(try MobileNetV3(size, variant: .torchvision).parameters() == keras)
    }
  }

  /// Keras counts the statistics of its normalisations too; torchvision says 5,483,032 and 2,542,856
  /// without them.
  @Test(
    "Parameters are as many as Keras and torchvision count",
    arguments: [(MobileNetV3.Size.large, 5_507_432, 5_483_032), (.small, 2_554_968, 2_542_856)])
  func counts(size: MobileNetV3.Size, all: Int, trained: Int) throws {
    let network = MobileNetV3(size)
    try network.expectParameters(all)
    let count = try network.parameters().filter { !$0.variable.hasPrefix("moving") }
      .reduce(0) { $0 + $1.count }
    #expect(count == trained)
    try network.expectPartsMakeTheWhole()
    try MobileNetV3(size, variant: .torchvision).expectPartsMakeTheWhole()
  }

  @Test("Keras widens what a unit reads by the table's ratio, torchvision has the table's times α")
  func widths() throws {
    func channels(_ layer: String, _ network: MobileNetV3) throws -> Int {
      try #require(try network.parameters().first { $0.layer == layer }).shape[3]
    }
    let (keras, torchvision) = (
      MobileNetV3(.large, alpha: 0.5), MobileNetV3(.large, alpha: 0.5, variant: .torchvision)
    )
    #expect(try channels("conv", keras) == 16 && channels("conv", torchvision) == 8)
    // 2.3 · 40 is 92; 184 · 0.5 is the same, but both round it up.
    #expect(try channels("expanded_conv_8_expand", keras) == 96)
    #expect(try channels("expanded_conv_8_expand", torchvision) == 96)
    // 24 · 0.5 is 12 and rounds to 16, which Keras widens by 3.
    #expect(try channels("expanded_conv_2_expand", keras) == 48)
    #expect(try channels("expanded_conv_2_expand", torchvision) == 40)
    #expect(try channels("conv_2", keras) == 1280 && channels("conv_2", torchvision) == 640)
  }

  @Test("Maps end where channels are expanded, before each stride")
  func maps() throws {
    #expect(
      try MobileNetV3(.large).maps == [
        "re_lu_1 2 64", "re_lu_5 4 72", "activation_1 8 240", "activation_13 16 672",
      ])
    #expect(
      try MobileNetV3(.small).maps == [
        "activation 2 16", "re_lu_2 4 72", "activation_1 8 96", "activation_11 16 288",
      ])
    for size in MobileNetV3.Size.allCases {
      let torchvision = MobileNetV3(size, variant: .torchvision)
      #expect(try torchvision.maps == MobileNetV3(size).maps)
    }
  }

  @Test("Regions come out at half the resolution", arguments: [(7, 4), (14, 7)])
  func regions(side: Int, result: Int) throws {
    #expect(try MobileNetV3(.large).regionShape(side: side) == [300, result, result, 960])
    #expect(
      try MobileNetV3(.small, variant: .torchvision).regionShape(side: side)
        == [300, result, result, 576])
  }

  @Test("The narrowest and the widest are networks", arguments: MobileNetV3.Size.allCases)
  func extremes(size: MobileNetV3.Size) throws {
    for alpha in [MobileNetV3.widthMultipliers.lowerBound, MobileNetV3.widthMultipliers.upperBound]
    {
      for variant in [Variant.keras, .torchvision] {
        try MobileNetV3(size, alpha: alpha, variant: variant).expectPartsMakeTheWhole()
      }
    }
  }

  @Test(
    "The paper counts 219 and 56 million multiply-adds",
    arguments: [(MobileNetV3.Size.large, 219e6), (.small, 56e6)])
  func multiplyAdds(size: MobileNetV3.Size, expected: Double) throws {
    let network = MobileNetV3(size)
    let count = try Graph(network.stages, input: network.imageShape).multiplyAddCount
    #expect(abs(Double(count) / expected - 1) < 0.03, "\(count)")
  }
}
