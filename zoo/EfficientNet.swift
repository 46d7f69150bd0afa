public import Layers

/// Networks that grow in width, depth and resolution at once: EfficientNet, B0 to B7.
///
/// After table 1 of Tan and Le, [EfficientNet: Rethinking Model Scaling for Convolutional Neural
/// Networks](https://arxiv.org/abs/1905.11946), as in Keras Applications. Units are MobileNet v2's with
/// squeeze and excitation, from Hu et al., [Squeeze-and-Excitation
/// Networks](https://arxiv.org/abs/1709.01507), which squeezes to a quarter of what the unit reads, and
/// x · sigmoid(x) in place of ReLU. In training, the authors and Keras leave out whole units at random
/// (stochastic depth); here all of them train, which changes nothing once a network runs.
///
/// Images go in as they are, from 0 to 255: the first layers scale them, with numbers from the file
/// (see ``init(_:imageNetScaling:classes:)``).
///
/// | stage  | stride | bottlenecks | expanded to | units | kernel |
/// |--------|-------:|------------:|------------:|------:|-------:|
/// | block2 |      2 |          16 |          96 |     1 |    3×3 |
/// | block3 |      4 |          24 |         144 |     2 |    3×3 |
/// | block4 |      8 |          40 |         240 |     2 |    5×5 |
/// | block6 |     16 |     80, 112 |         672 |  3, 3 | 3×3, 5×5 |
/// | top    |     32 |    192, 320 |        1280 |  4, 1 | 5×5, 3×3 |
///
/// The table is B0's; the others multiply widths and numbers of units. As in ``MobileNetV2``, a stage
/// ends inside the next one's first unit, where that has expanded its channels and is about to stride,
/// and for the same reasons. EfficientDet reads the bottlenecks instead, of 112 channels at stride 16,
/// and feeds them to a pyramid that widens them. Regions run through all that follows the last stride.
public struct EfficientNet: FeatureExtractor {
  /// How far the network is scaled up.
  public enum Scale: Int, CaseIterable, Sendable {
    case b0, b1, b2, b3, b4, b5, b6, b7
  }

  /// What a scale means, from the authors' code.
  private struct Coefficients {
    let width: Double
    let depth: Double
    let imageSide: Int
    let dropout: Float
  }

  private let coefficients: Coefficients
  private let imageNetScaling: Bool
  private let classes: Int

  /// Makes one of the paper's networks.
  ///
  /// - Parameters:
  ///   - scale: How far the network is scaled up.
  ///   - imageNetScaling: Whether pixels are divided by the square roots of ImageNet's deviations after
  ///     they were normalised with the file's mean and variance. Keras puts this layer, `rescaling_1`,
  ///     into the network for its ImageNet weights, whose stored variances are deviations, and leaves it
  ///     out of one that starts from random weights. It has no parameters.
  ///   - classes: How many classes the classifier tells apart; ImageNet has 1000.
  public init(_ scale: Scale, imageNetScaling: Bool = true, classes: Int = 1000) {
    coefficients =
      switch scale {
      case .b0: Coefficients(width: 1, depth: 1, imageSide: 224, dropout: 0.2)
      case .b1: Coefficients(width: 1, depth: 1.1, imageSide: 240, dropout: 0.2)
      case .b2: Coefficients(width: 1.1, depth: 1.2, imageSide: 260, dropout: 0.3)
      case .b3: Coefficients(width: 1.2, depth: 1.4, imageSide: 300, dropout: 0.3)
      case .b4: Coefficients(width: 1.4, depth: 1.8, imageSide: 380, dropout: 0.4)
      case .b5: Coefficients(width: 1.6, depth: 2.2, imageSide: 456, dropout: 0.4)
      case .b6: Coefficients(width: 1.8, depth: 2.6, imageSide: 528, dropout: 0.5)
      case .b7: Coefficients(width: 2, depth: 3.1, imageSide: 600, dropout: 0.5)
      }
    (self.imageNetScaling, self.classes) = (imageNetScaling, classes)
  }

  /// Makes a network of other proportions.
  package init(width: Double, depth: Double, imageNetScaling: Bool = true, classes: Int) {
    coefficients = Coefficients(width: width, depth: depth, imageSide: 224, dropout: 0.2)
    (self.imageNetScaling, self.classes) = (imageNetScaling, classes)
  }

  public var preprocessing: Preprocessing { .unscaled(imageSide: coefficients.imageSide) }

  public var imageStages: [Stage] {
    let blocks = blocks
    return [
      Stage("block2") {
        scaling
        SamePad("stem_conv_pad", 3, stride: 2)
        Conv2D("stem_conv", 3, filters(32), stride: 2, padding: .valid, bias: false)
        BatchNorm("stem_bn")
        ActivationLayer("stem_activation", .swish)
        blocks[0].layers
        blocks[1][0].expansion
      },
      Stage("block3") {
        blocks[1].rest
        blocks[2][0].expansion
      },
      Stage("block4") {
        blocks[2].rest
        blocks[3][0].expansion
      },
      Stage("block6") {
        blocks[3].rest
        blocks[4].layers
        blocks[5][0].expansion
      },
    ]
  }

  public var regionStages: [Stage] {
    let blocks = blocks
    return [
      Stage("top") {
        blocks[5].rest
        blocks[6].layers
        Conv2D("top_conv", 1, filters(1280), bias: false)
        BatchNorm("top_bn")
        ActivationLayer("top_activation", .swish)
      }
    ]
  }

  public var classifier: Stage {
    Stage("classifier") {
      GlobalAveragePool("avg_pool")
      Dropout("top_dropout", rate: coefficients.dropout)
      Dense("predictions", classes, activation: .softmax)
    }
  }

  @LayerBuilder private var scaling: [any Layer] {
    Rescaling("rescaling", factors: [1 / 255], offsets: [0])
    Normalization("normalization")
    if imageNetScaling {
      let factors = [0.229, 0.224, 0.225].map { Float(1 / $0.squareRoot()) }
      Rescaling("rescaling_1", factors: factors, offsets: [0, 0, 0])
    }
  }

  /// Stages 2 to 8 of table 1.
  private var blocks: [[InvertedResidual]] {
    let rows = [
      (kernel: 3, expansion: 1, channels: 16, units: 1.0, stride: 1),
      (kernel: 3, expansion: 6, channels: 24, units: 2.0, stride: 2),
      (kernel: 5, expansion: 6, channels: 40, units: 2.0, stride: 2),
      (kernel: 3, expansion: 6, channels: 80, units: 3.0, stride: 2),
      (kernel: 5, expansion: 6, channels: 112, units: 3.0, stride: 1),
      (kernel: 5, expansion: 6, channels: 192, units: 4.0, stride: 2),
      (kernel: 3, expansion: 6, channels: 320, units: 1.0, stride: 1),
    ]
    var input = filters(32)
    return rows.enumerated().map { index, row in
      let output = filters(row.channels)
      defer { input = output }
      return (0..<Int((coefficients.depth * row.units).rounded(.up))).map { position in
        // Units are lettered: block2a, block2b, …
        let letter = Character(UnicodeScalar(UInt8(ascii: "a") + UInt8(position)))
        return unit(
          "block\(index + 1)\(letter)", row.kernel, from: position == 0 ? input : output,
          expanded: row.expansion, to: output, stride: position == 0 ? row.stride : 1)
      }
    }
  }

  /// MobileNet v2's inverted residual, with a gate.
  private func unit(
    _ name: String, _ kernel: Int, from input: Int, expanded expansion: Int, to output: Int,
    stride: Int
  ) -> InvertedResidual {
    InvertedResidual(
      sum: stride == 1 && input == output ? "\(name)_add" : nil, order: .bodyFirst
    ) {
      if expansion > 1 {
        Conv2D("\(name)_expand_conv", 1, expansion * input, bias: false)
        BatchNorm("\(name)_expand_bn")
        ActivationLayer("\(name)_expand_activation", .swish)
      }
    } reduction: {
      if stride == 2 {
        SamePad("\(name)_dwconv_pad", Extent(kernel, kernel), stride: 2)
      }
      DepthwiseConv2D(
        "\(name)_dwconv", Extent(kernel, kernel), stride: stride,
        padding: stride == 2 ? .valid : .same, bias: false)
      BatchNorm("\(name)_bn")
      ActivationLayer("\(name)_activation", .swish)
      Gate("\(name)_se_excite") {
        GlobalAveragePool("\(name)_se_squeeze")
        OneCell("\(name)_se_reshape")
        Conv2D("\(name)_se_reduce", 1, max(1, input / 4), activation: .swish)
        Conv2D("\(name)_se_expand", 1, expansion * input, activation: .sigmoid)
      }
      Conv2D("\(name)_project_conv", 1, output, bias: false)
      BatchNorm("\(name)_project_bn")
    }
  }

  private func filters(_ width: Int) -> Int { divisible(Double(width) * coefficients.width) }
}
