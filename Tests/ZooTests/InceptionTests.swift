import Layers
import Testing
import Zoo

/// The Inception families, against lists that Fixtures/make_layers.py made and what is published.
@Suite struct InceptionTests {
  /// Every network of the families, in every variant.
  private let networks: [any FeatureExtractor] = [
    InceptionV1(), InceptionV1(variant: .slim), InceptionV2(), InceptionV2(variant: .slim),
    InceptionV3(), InceptionV4(), InceptionResNetV2(),
  ]

  @Test(
    "A network has Keras's layers, with their outputs' and parameters' shapes",
    arguments: [
      ("inception_v1", InceptionV1()),
      ("inception_v1_225x193", InceptionV1()),
      ("inception_v1_slim", InceptionV1(variant: .slim)),
      ("inception_v1_slim_225x193", InceptionV1(variant: .slim)),
      ("inception_v2", InceptionV2()),
      ("inception_v2_slim_225x193", InceptionV2(variant: .slim)),
      ("inception_v3", InceptionV3()),
      ("inception_v3_notop_225x193", InceptionV3()),
      ("inception_v4", InceptionV4()),
      ("inception_v4_225x193", InceptionV4()),
      ("inception_resnet_v2", InceptionResNetV2()),
      ("inception_resnet_v2_notop_300x194", InceptionResNetV2()),
    ] as [(String, any FeatureExtractor)])
  func layers(list: String, network: any FeatureExtractor) throws {
    try network.expectLayers(of: list)
  }

  /// Keras Applications' counts; Caffe's model; TensorFlow-Slim's tests, which count 5,607,184 and
  /// 10,173,112 without the classifier's 1,025,000.
  @Test(
    "Parameters are as many as others count",
    arguments: [
      (InceptionV1(), 6_998_552),
      (InceptionV1(variant: .slim), 5_607_184 + 1_025_000),
      (InceptionV2(variant: .slim), 10_173_112 + 1_025_000),
      // Besides, four numbers for each of the first layer's filters in place of a bias, and a γ for
      // each of the others'.
      (InceptionV2(), 11_198_112 + 3 * 64 + 9888),
      (InceptionV3(), 23_851_784), (InceptionV4(), 42_711_400),
      (InceptionV4(classes: 1001), 42_711_400 + 1537), (InceptionResNetV2(), 55_873_736),
    ] as [(any FeatureExtractor, Int)])
  func parameterCount(network: any FeatureExtractor, expected: Int) throws {
    try network.expectParameters(expected)
  }

  /// GoogLeNet's paper says 1.5 billion at most, that of Inception v2 2.02 billion for the appendix's
  /// network; that of Inception v3 "about 5 billion" for all it counts.
  @Test(
    "Multiply-adds are near what the papers say",
    arguments: [
      (InceptionV1(), 1.5e9, 0.08), (InceptionV2(), 2.02e9, 0.06),
      (InceptionV3(), 5e9, 0.15),
    ] as [(any FeatureExtractor, Double, Double)])
  func multiplyAdds(network: any FeatureExtractor, expected: Double, tolerance: Double) throws {
    let count = try Graph(network.stages, input: network.imageShape).multiplyAddCount
    #expect(abs(Double(count) / expected - 1) <= tolerance, "\(count)")
  }

  @Test(
    "Maps have the strides and channels of the papers' tables",
    arguments: [
      (
        InceptionV1(),
        [
          "conv1_7x7_s2 2 64", "conv2_norm2 4 192", "inception_3b_output 8 480",
          "inception_4e_output 16 832",
        ]
      ),
      (
        InceptionV1(variant: .slim),
        [
          "Conv2d_1a_7x7_relu 2 64", "Conv2d_2c_3x3_relu 4 192", "Mixed_3c 8 480",
          "Mixed_4f 16 832",
        ]
      ),
      (
        InceptionV2(),
        [
          "Conv2d_1a_7x7_relu 2 64", "Conv2d_2c_3x3_relu 4 192", "Mixed_3c 8 320",
          "Mixed_4e 16 576",
        ]
      ),
      (
        InceptionV3(),
        ["activation_2 2 64", "activation_4 4 192", "mixed2 8 288", "mixed7 16 768"]
      ),
      (
        InceptionV4(),
        [
          "activation_2 2 64", "concatenate_1 4 192", "concatenate_6 8 384",
          "concatenate_14 16 1024",
        ]
      ),
      (
        InceptionResNetV2(),
        ["activation_2 2 64", "activation_4 4 192", "block35_10_ac 8 320", "block17_20_ac 16 1088"]
      ),
    ] as [(any FeatureExtractor, [String])])
  func featureMaps(network: any FeatureExtractor, expected: [String]) throws {
    #expect(try network.maps == expected)
    try network.expectPartsMakeTheWhole()
  }

  @Test(
    "Region stages take maps of 7×7 and of 14×14 cells",
    arguments: [
      (InceptionV1(), [7, 14], 1024),
      (InceptionV1(variant: .slim), [7, 14], 1024), (InceptionV2(), [4, 7], 1024),
      (InceptionV3(), [3, 6], 2048), (InceptionV4(), [3, 6], 1536),
      (InceptionResNetV2(), [3, 6], 1536),
    ] as [(any FeatureExtractor, [Int], Int)])
  func regionStages(network: any FeatureExtractor, sides: [Int], channels: Int) throws {
    for (side, expected) in zip([7, 14], sides) {
      #expect(try network.regionShape(side: side) == [300, expected, expected, channels])
    }
  }

  @Test("Regions of 3×3 cells are the smallest that v3, v4 and Inception-ResNet v2 take")
  func smallestRegions() throws {
    let networks: [any FeatureExtractor] = [InceptionV3(), InceptionV4(), InceptionResNetV2()]
    for network in networks {
      let channels = try #require(try network.featureMaps().last).channels
      let graph = try Graph(network.regionStages, input: [1, 3, 3, channels])
      #expect(graph[graph.output].shape.prefix(3) == [1, 1, 1])
      let error = #expect(throws: GraphError.self) {
        try Graph(network.regionStages, input: [1, 2, 3, channels])
      }
      #expect(error?.reason.contains("does not fit a map of 2×3") == true)
    }
    for network in [InceptionV1(), InceptionV1(variant: .slim)] {
      #expect(throws: Never.self) { try Graph(network.regionStages, input: [1, 1, 1, 832]) }
    }
    #expect(throws: Never.self) { try Graph(InceptionV2().regionStages, input: [1, 1, 1, 576]) }
  }

  @Test(
    "The smallest image leaves a cell: where layers do not pad, it is as large as in Keras",
    arguments: [
      (InceptionV1(), 31), (InceptionV1(variant: .slim), 1),
      (InceptionV2(), 1), (InceptionV3(), 75), (InceptionV4(), 75), (InceptionResNetV2(), 75),
    ] as [(any FeatureExtractor, Int)])
  func smallestImage(network: any FeatureExtractor, side: Int) throws {
    let graph = try Graph(network.stages, input: [1, side, side, 3])
    #expect(graph[graph.output].shape == [1, 1000])
    #expect(throws: GraphError.self) {
      try Graph(network.stages, input: [1, side - 1, side, 3])
    }
  }

  @Test("Only GoogLeNet has a bridge: the pooling that regions take the place of")
  func bridges() throws {
    for network in networks {
      #expect(network.bridge.layers.isEmpty != (network is InceptionV1))
    }
    for network in [InceptionV1(), InceptionV1(variant: .slim)] {
      #expect(try network.sideAfterBridge == 7)
    }
  }

  @Test("Every network has maps of stride 8 by dilation, with the same parameters")
  func dilation() throws {
    for network in networks {
      let dilated = try network.dilated(toStride: 8)
      let (map, own) = (try dilated.featureMaps().last, try network.featureMaps().last)
      #expect(map?.stride == 8)
      #expect(map?.endpoint == own?.endpoint && map?.channels == own?.channels)
      #expect(try dilated.parameters() == network.parameters())
    }
  }

  @Test("Pixels become Caffe's numbers in GoogLeNet, -1 to 1 in the others")
  func preprocessing() {
    #expect(InceptionV1().preprocessing.description == "bgr - [104.0, 117.0, 123.0]")
    #expect(InceptionV1(variant: .slim).preprocessing == .signed())
    #expect(InceptionV2().preprocessing == .signed())
    let networks: [any FeatureExtractor] = [InceptionV3(), InceptionV4(), InceptionResNetV2()]
    for network in networks { #expect(network.preprocessing == .signed(imageSide: 299)) }
  }

  @Test("The number of classes changes the last layer alone")
  func classes() throws {
    let pairs: [(any FeatureExtractor, any FeatureExtractor)] = [
      (InceptionV1(), InceptionV1(classes: 7)),
      (InceptionV1(variant: .slim), InceptionV1(variant: .slim, classes: 7)),
      (InceptionV2(), InceptionV2(classes: 7)), (InceptionV3(), InceptionV3(classes: 7)),
      (InceptionV4(), InceptionV4(classes: 7)),
      (InceptionResNetV2(), InceptionResNetV2(classes: 7)),
    ]
    for (usual, other) in pairs {
      let (usual, other) = (try usual.parameters(), try other.parameters())
      #expect(usual.dropLast(2) == other.dropLast(2))
      #expect(usual.map(\.name) == other.map(\.name))
      #expect(other.suffix(2).allSatisfy { $0.shape.last == 7 })
    }
  }

  /// The factors of the paper's section 3.3 that the published weights were trained with.
  @Test("Inception-ResNet v2 scales 39 of its 40 residuals")
  func residualScales() throws {
    let network = InceptionResNetV2()
    let nodes = try Graph(network.stages, input: network.imageShape).nodes
    let scales = nodes.compactMap { node -> Float? in
      guard case .rescale(let factors, let offsets) = node.operation else { return nil }
      return offsets == [0] && factors.count == 1 ? factors[0] : nil
    }
    #expect(
      scales == [Float](repeating: 0.17, count: 10) + [Float](repeating: 0.1, count: 20)
        + [Float](repeating: 0.2, count: 9))
    #expect(nodes.filter { $0.operation == .add }.count == 40)
  }

  @Test("Only the paper's GoogLeNet has local response normalisation, over five channels")
  func localResponse() throws {
    func responses(_ network: InceptionV1) throws -> [Operation] {
      try Graph(network.stages, input: network.imageShape).nodes.map(\.operation).filter {
        if case .localResponseNorm = $0 { true } else { false }
      }
    }
    let response = LocalResponse(radius: 2, bias: 1, alpha: 2e-5, beta: 0.75)
    #expect(
      try responses(InceptionV1()) == [.localResponseNorm(response), .localResponseNorm(response)])
    #expect(try responses(InceptionV1(variant: .slim)).isEmpty)
  }
}
