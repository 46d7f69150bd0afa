import COneDNN
import Engine
import Layers
import Tensors
import Testing
import Zoo

/// Networks whose last strides are dilation instead: the same numbers, with others between them.
@Suite struct DilationTests {
  /// Stages of every layer that has a window, in every padding.
  private struct Varied: FeatureExtractor {
    let layers: [any Layer]

    init(@LayerBuilder layers: () -> [any Layer]) { self.layers = layers() }

    var preprocessing: Preprocessing { .signed(imageSide: 32) }
    var imageStages: [Stage] { [Stage("all") { layers }] }
    var regionStages: [Stage] { [Stage("region") { Conv2D("region", 3, 4, stride: 2) }] }
    var classifier: Stage {
      Stage("top") {
        GlobalAveragePool("mean")
        Dense("fc", 3)
      }
    }
  }

  private static let networks: [Varied] = [
    Varied {
      Conv2D("conv_1", 3, 4, stride: 2)
      Conv2D("conv_2", 3, 4, stride: 2)
      MaxPool("pool_1", 3, stride: 2, padding: .same)
      Conv2D("conv_3", 5, 4)
      AveragePool("pool_2", 3, stride: 1, padding: .same)
      DepthwiseConv2D("conv_4", 3, stride: 2)
      MaxPool("pool_3", 3, stride: 1, padding: .same)
      Conv2D("conv_5", 2, 3)
    },
    Varied {
      ZeroPad("pad_1", before: 3, after: 3)
      Conv2D("conv_1", 7, 4, stride: 2, padding: .valid)
      MaxPool("pool_1", 3, stride: 2, padding: .symmetric(1))
      Residual("add_1") {
        Conv2D("conv_2", 1, 4, stride: 2)
        Conv2D("conv_3", 3, 4)
      } shortcut: {
        Conv2D("conv_4", 1, 4, stride: 2, padding: .valid)
      }
      Residual("add_2") {
        ZeroPad("pad_2", before: 1, after: 1)
        Conv2D("conv_5", 3, 4, stride: 2, padding: .valid)
        BatchNorm("bn")
        ReLU("relu")
        Conv2D("conv_6", 3, 4, padding: .symmetric(1))
      } shortcut: {
        MaxPool("pool_2", 1, stride: 2)
      }
    },
    Varied {
      SamePad("pad_1", 3, stride: 2)
      Conv2D("conv_1", 3, 4, stride: 2, padding: .valid)
      SeparableConv2D("conv_2", 3, 4, stride: 2)
      SamePad("pad_2", 5, stride: 2)
      DepthwiseConv2D("conv_3", 5, stride: 2, padding: .valid)
      ZeroPad("pad_3", before: 0, after: 1)
      Conv2D("conv_4", 3, 4, stride: 2, padding: .valid)
      ActivationLayer("swish", .swish)
      Conv2D("conv_5", 2, 4, padding: .valid)
    },
    Varied {
      Conv2D("conv_1", 3, 3, stride: 4)
      Concatenate(
        "concat_1",
        branches: [
          [Conv2D("conv_2", 3, 2, stride: 2, padding: .valid)],
          [MaxPool("pool_1", 3, stride: 2)],
        ])
      AveragePool("pool_2", 2, stride: 2, padding: .same)
      Conv2D("conv_3", 3, 4, dilation: 2)
    },
    Varied { Conv2D("conv_1", 5, 3, stride: 16) },
  ]

  @Test(
    "Every so many cells of a dilated map are the undilated map, to the last bit",
    arguments: networks.indices, [(32, 32), (33, 41), (39, 34), (42, 45)])
  func cells(network index: Int, size: (Int, Int)) throws {
    let network = Self.networks[index]
    let shape = [1, size.0, size.1, 3]
    var generator = SeededGenerator(seed: 3)
    let graph = try Graph(network.imageStages, input: shape)
    let parameters = graph.randomParameters(using: &generator)
    let input = Tensor.random(shape, using: &generator)
    let expected = try #require(
      ReferenceInterpreter(graph: graph, parameters: parameters).outputs(for: input).last)
    for stride in [4, 8] {
      let dilated = try network.dilated(toStride: stride)
      let fine = try Graph(dilated.imageStages, input: shape)
      #expect(fine.parameters == graph.parameters && fine[fine.output].stride == stride)
      #expect(fine[fine.output].dilation == 16 / stride)
      let values = try #require(
        ReferenceInterpreter(graph: fine, parameters: parameters).outputs(for: input).last)
      let (map, step) = (fine[fine.output].shape, 16 / stride)
      var cells: [Double] = []
      for y in Swift.stride(from: 0, to: map[1], by: step) {
        for x in Swift.stride(from: 0, to: map[2], by: step) {
          let start = (y * map[2] + x) * map[3]
          cells += values[start..<start + map[3]]
        }
      }
      #expect(cells == expected)
      let output = try Network(dilated.imageStages, parameters: parameters, precision: .float32)(
        input)[0]
      #expect(relativeDifference(output.floats, values) <= 3e-6)
    }
  }

  @Test("The whole network gives the same classes, from the same parameters")
  func wholeNetwork() throws {
    let shape = [2, 70, 81, 3]
    for network in Self.networks {
      var generator = SeededGenerator(seed: 5)
      let parameters = try Graph(network.stages, input: shape)
        .randomParameters(using: &generator)
      let input = Tensor.random(shape, using: &generator)
      let dilated = try network.dilated(toStride: 4)
      #expect(try dilated.parameters() == network.parameters())
      let expected = try Network(network.stages, parameters: parameters, precision: .float32)(input)
      let found = try Network(dilated.stages, parameters: parameters, precision: .float32)(input)
      #expect(relativeDifference(found[0].floats, expected[0].floats.map(Double.init)) <= 5e-6)
    }
  }

  @Test("A dilated network has slopes for gradients", arguments: networks.indices)
  func gradients(network index: Int) throws {
    let dilated = try Self.networks[index].dilated(toStride: 4)
    let test = try DifferentiableCase(dilated.imageStages, shape: [1, 33, 34, 3], seed: 8)
    let result = try test.run()
    let names = result.gradients.keys.sorted()
    try expectSlopes(
      test, result.gradients, input: result.input, groups: [names, ["input"]], tolerance: 3e-5)
  }

  @Test("Every family can be dilated to strides of 4 and 8")
  func families() throws {
    let families: [any FeatureExtractor] = [
      VGG(convolutions: [1, 1, 1, 1, 1], filters: [4, 4, 8, 8, 8], units: 8, classes: 3),
      ResNet(bottlenecks: [1, 1, 2, 1], widths: [4, 4, 8, 8], classes: 3),
      MobileNet(alpha: 0.25, classes: 3),
    ]
    for family in families {
      for stride in [4, 8] {
        let dilated = try family.dilated(toStride: stride)
        let (maps, before) = (try dilated.featureMaps(), try family.featureMaps())
        #expect(maps.map(\.stride) == before.map { min($0.stride, stride) })
        #expect(maps.map(\.endpoint) == before.map(\.endpoint))
        #expect(try dilated.parameters() == family.parameters())
        // Detectors meet images of any size.
        for side in [96, 97, 113, 126] {
          #expect(throws: Never.self) { try Graph(dilated.stages, input: [1, side, side + 9, 3]) }
        }
      }
    }
  }

  @Test("A catalogue's backbone is dilated as its configuration says, or refused with the strides")
  func catalogue() throws {
    for card in Catalogue.cards {
      let configuration = BackboneConfiguration(variant: card.variants[0], featureStride: 8)
      let fine = try card.makeExtractor(configuration, classes: 5)
      #expect(try fine.featureMaps().last?.stride == 8)
      #expect(try fine.parameters() == card.makeExtractor(classes: 5).parameters())
    }
    let card = try Catalogue.card(named: "vgg16")
    let error = #expect(throws: CatalogueError.self) {
      try card.makeExtractor(BackboneConfiguration(featureStride: 32))
    }
    #expect(
      error?.description
        == "backbone vgg16: layer block5_conv3: the feature stride is not possible, expected 4 or "
        + "8 or 16, found 32")
  }
}
