import Layers
import Testing
import Zoo

/// ResNet's variants, ResNet v2 and SENet, against lists that Fixtures/make_layers.py made and what is
/// published.
@Suite struct ResidualNetworkTests {
  @Test(
    "A network has Keras's layers, with their outputs' and parameters' shapes",
    arguments: [
      ("resnet34_v1", ResNet(.thirtyFour) as any FeatureExtractor),
      ("resnet34_v1_torchvision_225x193", ResNet(.thirtyFour, variant: .torchvision)),
      ("resnet50_v1_torchvision", ResNet(.fifty, variant: .torchvision)),
      ("resnet50_v1_slim_225x193", ResNet(.fifty, variant: .slim)),
      ("resnet34_v2", ResNet34V2()), ("resnet34_v2_225x193", ResNet34V2()),
      ("resnet50_v2", ResNetV2(.fifty)), ("resnet50_v2_notop_225x193", ResNetV2(.fifty)),
      ("resnet50_v2_slim_225x193", ResNetV2(.fifty, variant: .slim)),
      ("resnet101_v2", ResNetV2(.oneHundredOne)), ("resnet152_v2", ResNetV2(.oneHundredFiftyTwo)),
      ("seresnet50", SENet(.seResNet50)), ("seresnet50_225x193", SENet(.seResNet50)),
      ("senet154", SENet(.seNet154)),
    ])
  func layers(list: String, network: any FeatureExtractor) throws {
    try network.expectLayers(of: list)
  }

  /// The counts of Keras Applications, torchvision and pretrained-models.pytorch.
  ///
  /// Only Keras counts the statistics of normalisations. slim's networks have torchvision's parameters.
  @Test(
    "Parameters are as many as others count",
    arguments: [
      (ResNet(.thirtyFour, variant: .torchvision) as any FeatureExtractor, 21_797_672, false),
      (ResNet(.fifty, variant: .torchvision), 25_557_032, false),
      (ResNet(.oneHundredOne, variant: .torchvision), 44_549_160, false),
      (ResNet(.oneHundredFiftyTwo, variant: .torchvision), 60_192_808, false),
      (ResNet(.fifty, variant: .slim), 25_557_032, false),
      (ResNetV2(.fifty), 25_613_800, true), (ResNetV2(.oneHundredOne), 44_675_560, true),
      (ResNetV2(.oneHundredFiftyTwo), 60_380_648, true),
      (SENet(.seResNet50), 28_088_024, false), (SENet(.seNet154), 115_088_984, false),
    ])
  func parameterCount(network: any FeatureExtractor, expected: Int, statistics: Bool) throws {
    let parameters = try network.parameters().filter {
      statistics || !$0.variable.hasPrefix("moving_")
    }
    #expect(parameters.reduce(0) { $0 + $1.count } == expected)
    #expect(Set(parameters.map(\.name)).count == parameters.count)
  }

  /// ResNet's paper says 3.6 × 10⁹ (table 1, which rounds), SENet's 3.87 × 10⁹ (table 2), and timm counts
  /// 20.77 × 10⁹ in SENet-154.
  @Test(
    "Multiply-adds are as many as others count",
    arguments: [
      (ResNet(.thirtyFour, variant: .torchvision) as any FeatureExtractor, 3.6e9, 0.025),
      (SENet(.seResNet50), 3.87e9, 0.005), (SENet(.seNet154), 20.77e9, 0.005),
    ])
  func multiplyAdds(network: any FeatureExtractor, expected: Double, tolerance: Double) throws {
    let count = try Graph(network.stages, input: network.imageShape).multiplyAddCount
    #expect(abs(Double(count) / expected - 1) <= tolerance, "\(count)")
  }

  @Test(
    "Maps have the strides and channels of the papers' tables",
    arguments: [
      (
        ResNet(.thirtyFour) as any FeatureExtractor,
        [
          "conv1_relu 2 64", "conv2_block3_out 4 64", "conv3_block4_out 8 128",
          "conv4_block6_out 16 256",
        ]
      ),
      (
        ResNet(.oneHundredOne, variant: .torchvision),
        [
          "conv1_relu 2 64", "conv2_block3_out 4 256", "conv3_block4_out 8 512",
          "conv4_block23_out 16 1024",
        ]
      ),
      (
        ResNet(.oneHundredOne, variant: .slim),
        [
          "conv1_relu 2 64", "conv2_block3_out 4 256", "conv3_block4_out 8 512",
          "conv4_block23_out 16 1024",
        ]
      ),
      (
        ResNet34V2(),
        [
          "relu0 2 64", "stage2_unit1_relu1 4 64", "stage3_unit1_relu1 8 128",
          "stage4_unit1_relu1 16 256",
        ]
      ),
      (
        ResNetV2(.fifty),
        [
          "conv1_conv 2 64", "conv2_block2_out 4 256", "conv3_block3_out 8 512",
          "conv4_block5_out 16 1024",
        ]
      ),
      (
        ResNetV2(.oneHundredFiftyTwo),
        [
          "conv1_conv 2 64", "conv2_block2_out 4 256", "conv3_block7_out 8 512",
          "conv4_block35_out 16 1024",
        ]
      ),
      (
        SENet(.seResNet50),
        [
          "activation 2 64", "activation_15 4 256", "activation_35 8 512", "activation_65 16 1024",
        ]
      ),
      (
        SENet(.seNet154),
        [
          "activation_2 2 128", "activation_17 4 256", "activation_57 8 512",
          "activation_237 16 1024",
        ]
      ),
    ])
  func featureMaps(network: any FeatureExtractor, expected: [String]) throws {
    #expect(try network.maps == expected)
  }

  @Test(
    "Region stages take maps of 7×7 and of 14×14 cells",
    arguments: [
      (ResNet(.thirtyFour, variant: .torchvision) as any FeatureExtractor, [4, 7], 512),
      (ResNet(.fifty, variant: .torchvision), [4, 7], 2048),
      (ResNet(.fifty, variant: .slim), [7, 14], 2048), (ResNet34V2(), [4, 7], 512),
      (ResNetV2(.fifty), [4, 7], 2048), (SENet(.seResNet50), [4, 7], 2048),
      (SENet(.seNet154), [4, 7], 2048),
    ])
  func regionStages(network: any FeatureExtractor, sides: [Int], channels: Int) throws {
    for (side, expected) in zip([7, 14], sides) {
      #expect(try network.regionShape(side: side) == [300, expected, expected, channels])
    }
  }

  @Test(
    "Every network has features of stride 8 by dilation",
    arguments: [
      ResNet(.thirtyFour) as any FeatureExtractor, ResNet(.fifty),
      ResNet(.fifty, variant: .torchvision), ResNet(.fifty, variant: .slim), ResNet34V2(),
      ResNetV2(.fifty), SENet(.seResNet50), SENet(.seNet154),
    ])
  func dilation(network: any FeatureExtractor) throws {
    let dilated = try network.dilated(toStride: 8)
    #expect(try dilated.featureMaps().map(\.stride) == [2, 4, 8, 8])
    #expect(try dilated.featureMaps().map(\.endpoint) == network.featureMaps().map(\.endpoint))
    #expect(try dilated.parameters() == network.parameters())
    for (fine, coarse) in zip([(225, 193), (224, 448)], [[15, 13], [14, 28]]) {
      let maps = try [dilated, network].map { network in
        let graph = try Graph(network.imageStages, input: [1, fine.0, fine.1, 3])
        return Array(graph[graph.output].shape[1...2])
      }
      #expect(maps[1] == coarse)
      #expect(zip(maps[0], coarse).allSatisfy { ($0 + 1) / 2 == $1 })
    }
  }

  @Test(
    "The parts, one after another, are the whole network",
    arguments: [
      ResNet(.thirtyFour) as any FeatureExtractor, ResNet(.fifty, variant: .torchvision),
      ResNet(.fifty, variant: .slim), ResNet34V2(), ResNetV2(.fifty),
      ResNetV2(.fifty, variant: .slim), SENet(.seResNet50), SENet(.seNet154),
    ])
  func composition(network: any FeatureExtractor) throws {
    try network.expectPartsMakeTheWhole()
  }

  @Test("Only slim's ResNet has a bridge: the subsampling that its detectors leave out")
  func bridges() throws {
    let networks: [any FeatureExtractor] = [
      ResNet(.fifty), ResNet(.thirtyFour), ResNet(.fifty, variant: .torchvision), ResNet34V2(),
      ResNetV2(.fifty), SENet(.seResNet50), SENet(.seNet154),
    ]
    #expect(networks.allSatisfy { $0.bridge.layers.isEmpty })
    let slim = ResNet(.fifty, variant: .slim)
    let graph = try Graph(slim.imageStages + [slim.bridge], input: [1, 225, 193, 3])
    #expect(graph[graph.output].shape == [1, 8, 7, 1024])
    #expect(graph[graph.output].operation == .pool(.max, Window(size: 1, stride: 2)))
  }

  @Test(
    "Variants of one depth have the same parameters but for the biases",
    arguments: ResNet.Depth.allCases)
  func variants(depth: ResNet.Depth) throws {
    let keras = try ResNet(depth).parameters()
    for variant in ResNet.variants(of: depth) where variant != .keras {
      let parameters = try ResNet(depth, variant: variant).parameters()
      #expect(
        parameters == keras.filter { $0.variable != "bias" || $0.layer == "predictions" })
    }
  }

  /// A strided window of 3×3 that pads on every side reads other cells than Keras's "same".
  @Test("torchvision's ResNet strides on 3×3 convolutions that pad every side, Keras's on 1×1")
  func strides() throws {
    func strided(_ network: ResNet) throws -> [Window] {
      try Graph(network.stages, input: network.imageShape).nodes.compactMap { node in
        guard case .convolution(let window, _, _, _) = node.operation, window.stride > 1,
          !node.layer.hasSuffix("_0_conv")
        else { return nil }
        return window
      }
    }
    let first = Window(size: 7, stride: 2)
    let three = Window(
      size: 3, stride: 2, margins: Margins(top: 1, left: 1, bottom: 1, right: 1))
    let one = Window(size: 1, stride: 2)
    #expect(try strided(ResNet(.fifty)) == [first, one, one, one])
    #expect(try strided(ResNet(.fifty, variant: .torchvision)) == [first, three, three, three])
    #expect(try strided(ResNet(.fifty, variant: .slim)) == [first])
    #expect(try strided(ResNet(.thirtyFour)) == [first, three, three, three])
    #expect(
      try strided(ResNet(.thirtyFour, variant: .torchvision)) == [first, three, three, three])
  }

  @Test("Normalisations forget as fast as in the library that a variant is of")
  func momentum() throws {
    func momenta(_ network: any FeatureExtractor) throws -> Set<Float> {
      let nodes = try Graph(network.stages, input: network.imageShape).nodes
      return Set(
        nodes.compactMap {
          guard case .batchNorm(_, _, _, let momentum) = $0.operation else { return nil }
          return momentum
        })
    }
    #expect(try momenta(ResNet(.fifty)) == [0.99])
    #expect(try momenta(ResNet(.fifty, variant: .torchvision)) == [0.9])
    #expect(try momenta(ResNet(.fifty, variant: .slim)) == [0.997])
    #expect(try momenta(ResNetV2(.fifty)) == [0.99])
    #expect(try momenta(ResNetV2(.fifty, variant: .slim)) == [0.997])
    #expect(try momenta(ResNet34V2()) == [0.99])
    #expect(try momenta(SENet(.seResNet50)) == [0.99])
  }

  @Test("Pixels become what each implementation was trained on")
  func preprocessing() {
    for depth in ResNet.Depth.allCases {
      #expect(ResNet(depth).preprocessing == .caffe())
      #expect(ResNet(depth, variant: .torchvision).preprocessing == .torch())
    }
    #expect(ResNet(.fifty, variant: .slim).preprocessing == .slim())
    #expect(ResNet34V2().preprocessing == .unscaled())
    for depth in ResNetV2.Depth.allCases {
      #expect(ResNetV2(depth).preprocessing == .signed())
      #expect(ResNetV2(depth, variant: .slim).preprocessing == .signed(imageSide: 299))
    }
    #expect(SENet.Network.allCases.allSatisfy { SENet($0).preprocessing == .torch() })
  }

  @Test("The number of classes changes the last layer alone")
  func classes() throws {
    let pairs: [(any FeatureExtractor, any FeatureExtractor)] = [
      (ResNet(.thirtyFour), ResNet(.thirtyFour, classes: 7)),
      (ResNet34V2(), ResNet34V2(classes: 7)),
      (ResNetV2(.fifty), ResNetV2(.fifty, classes: 7)),
      (SENet(.seResNet50), SENet(.seResNet50, classes: 7)),
      (SENet(.seNet154), SENet(.seNet154, classes: 7)),
    ]
    for (usual, other) in pairs {
      let (usual, other) = (try usual.parameters(), try other.parameters())
      #expect(usual.dropLast(2) == other.dropLast(2))
      #expect(usual.map(\.name) == other.map(\.name))
      #expect(other.suffix(2).allSatisfy { $0.shape.last == 7 })
    }
  }

  /// Gates pool too, and the network goes on after them.
  @Test("The top is the last matrix product alone")
  func top() throws {
    let networks: [(any FeatureExtractor, String)] = [
      (ResNet(.thirtyFour), "predictions"), (ResNet(.fifty, variant: .slim), "predictions"),
      (ResNetV2(.fifty), "predictions"), (ResNet34V2(), "fc1"), (SENet(.seResNet50), "dense"),
      (SENet(.seNet154), "dense"),
    ]
    for (network, layer) in networks {
      #expect(try network.topParameters().map(\.name) == ["\(layer)/kernel", "\(layer)/bias"])
    }
  }

  @Test("A small network of a family has its layers under the same names")
  func smallNetworks() throws {
    let pairs: [(any FeatureExtractor, any FeatureExtractor)] = [
      (
        ResNet(
          .bottleneck, blocks: [3, 4, 6, 3], widths: [1, 2, 3, 4], variant: .slim, classes: 5),
        ResNet(.fifty, variant: .slim)
      ),
      (
        ResNet(
          .basic, blocks: [3, 4, 6, 3], widths: [64, 2, 3, 4], variant: .torchvision, classes: 5),
        ResNet(.thirtyFour, variant: .torchvision)
      ),
      (ResNetV2(bottlenecks: [3, 4, 6, 3], widths: [1, 2, 3, 4], classes: 5), ResNetV2(.fifty)),
      (ResNet34V2(units: [3, 4, 6, 3], widths: [1, 2, 3, 4], classes: 5), ResNet34V2()),
      (
        SENet(.seResNet50, blocks: [3, 4, 6, 3], width: 4, groups: 64, classes: 5),
        SENet(.seResNet50)
      ),
    ]
    for (small, whole) in pairs {
      let names = try Graph(small.stages, input: small.imageShape).layers
      #expect(try names == Graph(whole.stages, input: whole.imageShape).layers)
    }
  }

  @Test("A basic block projects where widths differ, in the first stage too")
  func basicProjections() throws {
    func projections(_ widths: [Int]) throws -> [String] {
      let network = ResNet(.basic, blocks: [1, 1, 1, 1], widths: widths, classes: 2)
      return try Graph(network.stages, input: [1, 32, 32, 3]).layers.filter {
        $0.hasSuffix("_0_conv")
      }
    }
    let later = ["conv3_block1_0_conv", "conv4_block1_0_conv", "conv5_block1_0_conv"]
    #expect(try projections([64, 64, 64, 64]) == later)
    #expect(try projections([8, 8, 8, 8]) == ["conv2_block1_0_conv"] + later)
  }

  /// classification_models makes 64 convolutions where this package has one of 64 groups.
  @Test("SENet-154's counter passes over the convolutions of a group")
  func groups() throws {
    let network = SENet(.seNet154)
    let graph = try Graph(network.stages, input: network.imageShape)
    let grouped = graph.nodes.filter {
      if case .convolution(_, _, 64, _) = $0.operation { true } else { false }
    }
    #expect(grouped.count == 50)
    #expect(grouped.prefix(2).map(\.layer) == ["conv2d_4", "conv2d_73"])
    #expect(grouped[0].parameters[0].shape == [3, 3, 2, 256])
    // Three first, four to a block besides the groups, four projections; counted from zero.
    #expect(graph.output(of: "conv2d_\(3 + 50 * (4 + 64) + 4 - 1)") != nil)
    #expect(graph.output(of: "conv2d_\(3 + 50 * (4 + 64) + 4)") == nil)
  }

  @Test("The cards lead to the networks, their variants and their weights")
  func cards() throws {
    let cards = Catalogue.cards
    for name in ["resnet34_v1", "resnet50_v1", "resnet101_v1", "resnet152_v1"] {
      let card = try #require(cards.first { $0.name == name })
      #expect(card.variants.first == (name == "resnet34_v1" ? .torchvision : .keras))
      #expect(card.variants.contains(.slim) == (name != "resnet34_v1"))
      for variant in card.variants {
        _ = try card.makeExtractor(BackboneConfiguration(variant: variant)).parameters()
      }
      #expect(card.weights.allSatisfy { card.variants.contains($0.variant) })
      #expect(card.weights.contains { $0.variant == .torchvision })
    }
  }
}
