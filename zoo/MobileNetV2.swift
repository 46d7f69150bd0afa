public import Layers

/// Networks of inverted residuals with linear bottlenecks: MobileNet, version 2, of any width.
///
/// After table 2 of Sandler et al., [MobileNetV2: Inverted Residuals and Linear
/// Bottlenecks](https://arxiv.org/abs/1801.04381), as in Keras Applications. Widths times α are
/// brought to a multiple of eight, but not below nine tenths of what they were; the last convolution
/// widens with α and never narrows (section 4).
///
/// Units that stride pad like TensorFlow's "same" here, and in TensorFlow-Slim, whose network differs
/// only in how fast its statistics follow a batch. torchvision pads by one cell on all sides, has an ε
/// of 10⁻⁵ and other preprocessing.
///
/// | stage    | stride | bottlenecks | expanded to | units |
/// |----------|-------:|------------:|------------:|------:|
/// | block_1  |      2 |          16 |          96 |     1 |
/// | block_3  |      4 |          24 |         144 |     2 |
/// | block_6  |      8 |          32 |         192 |     3 |
/// | block_13 |     16 |      64, 96 |         576 |  4, 3 |
/// | out      |     32 |    160, 320 |        1280 |  3, 1 |
///
/// A stage ends inside the next one's first unit, where that has expanded its channels and is about
/// to stride: the paper's own detector reads its map of stride 16 there (section 6.2). No other map of
/// a resolution has seen as much, and bottlenecks have six times fewer channels. Units that stride have
/// no shortcut, so nothing goes around the cut. Regions run through all that follows the last stride.
public struct MobileNetV2: FeatureExtractor {
  /// The multipliers that leave a network of sensible size.
  public static let widthMultipliers = 1.0 / 32...8

  /// What each width in the table is multiplied by: α.
  public let alpha: Double
  /// Whose implementation it is.
  public let variant: Variant
  private let classes: Int

  /// Makes a network.
  ///
  /// - Parameters:
  ///   - alpha: What each width in the table is multiplied by. Keras has ImageNet weights for 0.35,
  ///     0.5, 0.75, 1, 1.3 and 1.4.
  ///   - variant: Whose implementation it is.
  ///   - classes: How many classes the classifier tells apart; ImageNet has 1000.
  /// - Precondition: `alpha` is among ``widthMultipliers``.
  public init(alpha: Double = 1, variant: Variant = .keras, classes: Int = 1000) {
    precondition(Self.widthMultipliers ~= alpha, "alpha \(alpha) leaves no network")
    (self.alpha, self.variant, self.classes) = (alpha, variant, classes)
  }

  public var preprocessing: Preprocessing { variant == .torchvision ? .torch() : .signed() }

  public var imageStages: [Stage] {
    let units = units
    return [
      Stage("block_1") {
        Conv2D(
          "Conv1", 3, divisible(32 * alpha), stride: 2,
          padding: variant == .torchvision ? .symmetric(1) : .same, bias: false)
        norm("bn_Conv1")
        ReLU("Conv1_relu", limit: .six)
        units[0].layers
        units[1].expansion
      },
      Stage("block_3") {
        units[1...2].rest
        units[3].expansion
      },
      Stage("block_6") {
        units[3...5].rest
        units[6].expansion
      },
      Stage("block_13") {
        units[6...12].rest
        units[13].expansion
      },
    ]
  }

  public var regionStages: [Stage] {
    let units = units
    return [
      Stage("out") {
        units[13...].rest
        Conv2D("Conv_1", 1, divisible(1280 * max(1, alpha)), bias: false)
        norm("Conv_1_bn")
        ReLU("out_relu", limit: .six)
      }
    ]
  }

  public var classifier: Stage {
    Stage("classifier") {
      GlobalAveragePool("global_average_pooling2d")
      Dense("predictions", classes, activation: .softmax)
    }
  }

  /// The lines of table 2 between its first convolution and its last.
  private var units: [InvertedResidual] {
    let rows = [
      (expansion: 1, channels: 16, count: 1, stride: 1),
      (expansion: 6, channels: 24, count: 2, stride: 2),
      (expansion: 6, channels: 32, count: 3, stride: 2),
      (expansion: 6, channels: 64, count: 4, stride: 2),
      (expansion: 6, channels: 96, count: 3, stride: 1),
      (expansion: 6, channels: 160, count: 3, stride: 2),
      (expansion: 6, channels: 320, count: 1, stride: 1),
    ]
    var units: [InvertedResidual] = []
    var input = divisible(32 * alpha)
    for row in rows {
      let output = bottleneck(row.channels)
      for position in 0..<row.count {
        units.append(
          unit(
            units.isEmpty ? "expanded_conv" : "block_\(units.count)", from: input,
            expanded: row.expansion, to: output, stride: position == 0 ? row.stride : 1))
        input = output
      }
    }
    return units
  }

  /// Table 1; what ends a unit is linear.
  private func unit(
    _ name: String, from input: Int, expanded expansion: Int, to output: Int, stride: Int
  ) -> InvertedResidual {
    InvertedResidual(sum: stride == 1 && input == output ? "\(name)_add" : nil) {
      if expansion > 1 {
        Conv2D("\(name)_expand", 1, expansion * input, bias: false)
        norm("\(name)_expand_BN")
        ReLU("\(name)_expand_relu", limit: .six)
      }
    } reduction: {
      let pads = stride == 2 && variant != .torchvision
      if pads {
        SamePad("\(name)_pad", 3, stride: 2)
      }
      DepthwiseConv2D(
        "\(name)_depthwise", 3, stride: stride, padding: pads ? .valid : .symmetric(1),
        bias: false)
      norm("\(name)_depthwise_BN")
      ReLU("\(name)_depthwise_relu", limit: .six)
      Conv2D("\(name)_project", 1, output, bias: false)
      norm("\(name)_project_BN")
    }
  }

  private func norm(_ name: String) -> BatchNorm {
    switch variant {
    case .keras: BatchNorm(name, epsilon: 1e-3, momentum: 0.999)
    case .slim: BatchNorm(name, epsilon: 1e-3, momentum: 0.997)
    case .torchvision: BatchNorm(name, epsilon: 1e-5, momentum: 0.9)
    }
  }

  /// The channels of a bottleneck; Keras alone rounds down before it looks for a multiple of eight.
  private func bottleneck(_ channels: Int) -> Int {
    let width = Double(channels) * alpha
    return divisible(variant == .keras ? width.rounded(.down) : width)
  }
}

/// The multiple of eight nearest to a width, one more if that is below nine tenths of it.
func divisible(_ width: Double) -> Int {
  let nearest = max(8, Int(width + 4) / 8 * 8)
  return Double(nearest) < 0.9 * width ? nearest + 8 : nearest
}
