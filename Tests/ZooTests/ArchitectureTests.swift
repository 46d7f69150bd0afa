import Layers
import Testing
import Zoo

/// What the literature says of the networks, against what follows from their layers.
@Suite struct ArchitectureTests {
  @Test(
    "Parameters are as many as Keras counts",
    arguments: [
      ("vgg16", 138_357_544), ("vgg19", 143_667_240), ("resnet50_v1", 25_636_712),
      ("resnet101_v1", 44_707_176), ("resnet152_v1", 60_419_944), ("mobilenet_v1", 4_253_864),
    ])
  func parameterCount(backbone: String, expected: Int) throws {
    let parameters = try Catalogue.extractor(named: backbone).parameters()
    #expect(parameters.reduce(0) { $0 + $1.count } == expected)
    #expect(Set(parameters.map(\.name)).count == parameters.count)
  }

  /// MobileNet's paper says 569 million (table 8), ResNet's 3.8, 7.6 and 11.3 × 10⁹ (table 1, which
  /// rounds and leaves out the shortcuts' projections).
  @Test(
    "Multiply-adds are as many as the papers say",
    arguments: [
      ("mobilenet_v1", 0.569e9, 0.002), ("resnet50_v1", 3.8e9, 0.03),
      ("resnet101_v1", 7.6e9, 0.01), ("resnet152_v1", 11.3e9, 0.01),
    ])
  func multiplyAdds(backbone: String, expected: Double, tolerance: Double) throws {
    let extractor = try Catalogue.extractor(named: backbone)
    let count = try Graph(extractor.stages, input: extractor.imageShape).multiplyAddCount
    #expect(abs(Double(count) / expected - 1) <= tolerance, "\(count)")
  }

  @Test(
    "Maps have the strides and channels of the papers' tables",
    arguments: [
      (
        "vgg16",
        [
          "block1_conv2 1 64", "block2_conv2 2 128", "block3_conv3 4 256", "block4_conv3 8 512",
          "block5_conv3 16 512",
        ]
      ),
      (
        "vgg19",
        [
          "block1_conv2 1 64", "block2_conv2 2 128", "block3_conv4 4 256", "block4_conv4 8 512",
          "block5_conv4 16 512",
        ]
      ),
      (
        "resnet50_v1",
        [
          "conv1_relu 2 64", "conv2_block3_out 4 256", "conv3_block4_out 8 512",
          "conv4_block6_out 16 1024",
        ]
      ),
      (
        "resnet101_v1",
        [
          "conv1_relu 2 64", "conv2_block3_out 4 256", "conv3_block4_out 8 512",
          "conv4_block23_out 16 1024",
        ]
      ),
      (
        "resnet152_v1",
        [
          "conv1_relu 2 64", "conv2_block3_out 4 256", "conv3_block8_out 8 512",
          "conv4_block36_out 16 1024",
        ]
      ),
      (
        "mobilenet_v1",
        [
          "conv_pw_1_relu 2 64", "conv_pw_3_relu 4 128", "conv_pw_5_relu 8 256",
          "conv_pw_11_relu 16 512",
        ]
      ),
    ])
  func featureMaps(backbone: String, expected: [String]) throws {
    let maps = try Catalogue.extractor(named: backbone).featureMaps()
    #expect(maps.map { "\($0.endpoint) \($0.stride) \($0.channels)" } == expected)
  }

  @Test(
    "Region stages take a pooled map of 7×7 or 14×14 of the last stage's channels",
    arguments: [
      ("vgg16", 7, [4096]), ("vgg19", 7, [4096]), ("resnet50_v1", 14, [7, 7, 2048]),
      ("resnet101_v1", 14, [7, 7, 2048]), ("resnet152_v1", 14, [7, 7, 2048]),
      ("mobilenet_v1", 14, [7, 7, 1024]),
    ])
  func regionStages(backbone: String, side: Int, expected: [Int]) throws {
    let extractor = try Catalogue.extractor(named: backbone)
    let channels = try #require(try extractor.featureMaps().last).channels
    let graph = try Graph(extractor.regionStages, input: [300, side, side, channels])
    #expect(graph[graph.output].shape == [300] + expected)
    // They read the same parameters as the whole network's.
    let whole = try Set(extractor.parameters())
    #expect(graph.parameters.allSatisfy(whole.contains))
    #expect(!graph.parameters.isEmpty)
  }

  @Test("Only three families have a bridge: the pooling that regions take the place of")
  func bridge() throws {
    for card in Catalogue.cards {
      let extractor = try card.makeExtractor()
      let hasBridge = ["alexnet", "vgg", "inception_v1"].contains { card.name.hasPrefix($0) }
      #expect(extractor.bridge.layers.isEmpty != hasBridge)
      #expect(extractor.stages.allSatisfy { !$0.layers.isEmpty && !$0.name.isEmpty })
      #expect(Set(extractor.stages.map(\.name)).count == extractor.stages.count)
    }
  }

  /// Networks whose first layers do not pad have a few cells fewer.
  @Test("Every layer's stride is the image's extent over the map's, at a size that divides evenly")
  func strides() throws {
    for card in Catalogue.cards {
      let extractor = try card.makeExtractor(BackboneConfiguration(variant: card.variants[0]))
      let unpadded = ["alexnet", "inception", "xception"].contains { card.name.hasPrefix($0) }
      let graph = try Graph(extractor.imageStages, input: [1, 224, 448, 3])
      for node in graph.nodes {
        if case .zeroPad = node.operation { continue }
        // A gate's numbers are no map.
        if node.shape.count == 2 || node.shape[1...2] == [1, 1] { continue }
        let missing = [224 / node.stride - node.shape[1], 448 / node.stride - node.shape[2]]
        let expected = unpadded ? 0...4 : 0...0
        #expect(missing.allSatisfy(expected.contains), "\(card.name) \(node.layer)")
      }
    }
  }

  @Test("The smallest image is the one that leaves a cell at the last stride")
  func smallImages() throws {
    let body = { (name: String) in
      try Catalogue.extractor(named: name).imageStages + Catalogue.extractor(named: name).bridge
        + Catalogue.extractor(named: name).regionStages
    }
    #expect(throws: Never.self) { try Graph(body("resnet50_v1"), input: [1, 1, 1, 3]) }
    #expect(throws: Never.self) { try Graph(body("mobilenet_v1"), input: [1, 31, 31, 3]) }
    let error = #expect(throws: GraphError.self) {
      try Graph(body("vgg16"), input: [1, 15, 64, 3])
    }
    #expect(
      error?.description
        == "layer block4_pool: a window of 2×2 cells does not fit a map of 1×8; use a larger image")
  }

  @Test(
    "Preprocessing is Keras's",
    arguments: [
      ("alexnet", Preprocessing.caffe(imageSide: 227)), ("vgg16", .caffe()),
      ("resnet50_v1", .caffe()), ("mobilenet_v1", .signed()), ("mobilenet_v2", .signed()),
      ("mobilenet_v3_large", .unscaled()),
      ("xception", .signed(imageSide: 299)), ("densenet121", .torch()),
      ("efficientnet_b0", .unscaled()),
    ])
  func preprocessing(backbone: String, expected: Preprocessing) throws {
    #expect(try Catalogue.extractor(named: backbone).preprocessing == expected)
  }

  @Test("A small network of a family has its layers under the same names")
  func smallNetworks() throws {
    let vgg = VGG(convolutions: [2, 2, 3, 3, 3], filters: [1, 2, 3, 4, 5], units: 6, classes: 7)
    let resNet = ResNet(bottlenecks: [3, 4, 6, 3], widths: [1, 2, 3, 4], classes: 5)
    let mobileNet = MobileNet(alpha: 1.0 / 32, classes: 5)
    let pairs: [(any FeatureExtractor, any FeatureExtractor)] = [
      (vgg, VGG(.sixteen)), (resNet, ResNet(.fifty)), (mobileNet, MobileNet()),
    ]
    for (small, whole) in pairs {
      let names = try Graph(small.stages, input: small.imageShape).layers
      #expect(try names == Graph(whole.stages, input: whole.imageShape).layers)
    }
  }
}

private func + (stages: [Stage], stage: Stage) -> [Stage] { stages + [stage] }
