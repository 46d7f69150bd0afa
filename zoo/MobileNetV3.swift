public import Layers

/// Networks found by search for the processors of telephones: MobileNet, version 3, of any width.
///
/// After tables 1 and 2 of Howard et al., [Searching for MobileNetV3](https://arxiv.org/abs/1905.02244),
/// as in Keras Applications. Units are MobileNet v2's, some with a gate that squeezes to a quarter of the
/// widened map, with the hard forms of sigmoid and swish that the paper introduces. Table 2 has one more
/// gate, after the last convolution of the small network; nobody's implementation has it.
///
/// Widths times α are brought to a multiple of eight, but not below nine tenths of what they were. In
/// Keras the first convolution has 16 filters whatever α is, a unit widens what it reads by the table's
/// ratio, and the layer before the classifier never narrows; in torchvision each of these numbers is the
/// table's times α. torchvision also pads by as many cells on all sides, and has other preprocessing.
/// In Keras images go in as they are, from 0 to 255: the first layer scales them.
///
/// | stage of the large | stride | bottlenecks | expanded to | units | kernel   |
/// |--------------------|-------:|------------:|------------:|------:|---------:|
/// | expanded_conv_1    |      2 |          16 |          64 |     1 |      3×3 |
/// | expanded_conv_3    |      4 |          24 |          72 |     2 |      3×3 |
/// | expanded_conv_6    |      8 |          40 |         240 |     3 |      5×5 |
/// | expanded_conv_12   |     16 |     80, 112 |         672 |  4, 2 |      3×3 |
/// | conv_1             |     32 |         160 |         960 |     3 |      5×5 |
///
/// | stage of the small | stride | bottlenecks | expanded to | units | kernel   |
/// |--------------------|-------:|------------:|------------:|------:|---------:|
/// | expanded_conv      |      2 |           – |          16 |     – |        – |
/// | expanded_conv_1    |      4 |          16 |          72 |     1 |      3×3 |
/// | expanded_conv_3    |      8 |          24 |          96 |     2 |      3×3 |
/// | expanded_conv_8    |     16 |      40, 48 |         288 |  3, 2 |      5×5 |
/// | conv_1             |     32 |          96 |         576 |     3 |      5×5 |
///
/// As in ``MobileNetV2``, a stage ends inside the next one's first unit, where that has expanded its
/// channels and is about to stride. The paper's own detector reads its finer map there, of stride 16
/// (its "C4"), and so does the TensorFlow Object Detection API: `layer_14/expansion_output` of the
/// large network, `layer_10/expansion_output` of the small. torchvision's Faster R-CNN has a feature
/// pyramid instead, over the maps of stride 32. A proposal network that reads one map wants the one of
/// stride 16, for an object of 32 pixels is but one cell of the next; regions run through all that
/// follows the last stride.
public struct MobileNetV3: FeatureExtractor {
  /// Which of the paper's two networks.
  public enum Size: String, CaseIterable, Sendable {
    case large, small
  }

  /// The multipliers that leave a network of sensible size.
  public static let widthMultipliers = 1.0 / 32...8

  public let size: Size
  /// What each width in the table is multiplied by: α.
  public let alpha: Double
  /// Whose implementation it is.
  public let variant: Variant
  private let classes: Int

  /// Makes one of the paper's networks.
  ///
  /// - Parameters:
  ///   - size: Which of the two.
  ///   - alpha: What each width in the table is multiplied by. Keras has ImageNet weights for 0.75 and 1.
  ///   - variant: Whose implementation it is: Keras's, or else torchvision's.
  ///   - classes: How many classes the classifier tells apart; ImageNet has 1000.
  /// - Precondition: `alpha` is among ``widthMultipliers``.
  public init(
    _ size: Size, alpha: Double = 1, variant: Variant = .keras, classes: Int = 1000
  ) {
    precondition(Self.widthMultipliers ~= alpha, "alpha \(alpha) leaves no network")
    (self.size, self.alpha, self.variant, self.classes) = (size, alpha, variant, classes)
  }

  public var preprocessing: Preprocessing { isKeras ? .unscaled() : .torch() }

  public var imageStages: [Stage] {
    let plan = plan
    let units = plan.units.map(inverted)
    let cuts = plan.strides
    let first = Stage(plan.units[cuts[0]].name) {
      if isKeras { Rescaling("rescaling", factors: [1 / 127.5], offsets: [-1]) }
      Conv2D("conv", 3, stem, stride: 2, padding: isKeras ? .same : .symmetric(1), bias: false)
      norm("conv_bn")
      plan.stemActivation
      units[..<cuts[0]].layers
      units[cuts[0]].expansion
    }
    return [first]
      + zip(cuts, cuts.dropFirst()).map { start, end in
        Stage(plan.units[end].name) {
          units[start..<end].rest
          units[end].expansion
        }
      }
  }

  public var regionStages: [Stage] {
    let plan = plan
    return [
      Stage("conv_1") {
        plan.units[plan.strides[plan.strides.count - 1]...].map(inverted).rest
        Conv2D("conv_1", 1, 6 * plan.units[plan.units.count - 1].output, bias: false)
        norm("conv_1_bn")
        plan.lastActivation
      }
    ]
  }

  public var classifier: Stage {
    let width = Double(size == .large ? 1280 : 1024)
    return Stage("classifier") {
      GlobalAveragePool("global_average_pooling2d", keepsRank: true)
      Conv2D("conv_2", 1, divisible(width * (isKeras ? max(1, alpha) : alpha)))
      plan.classifierActivation
      Dropout("dropout", rate: 0.2)
      Conv2D("logits", 1, classes)
      Flatten()
      ActivationLayer("predictions", .softmax)
    }
  }

  private var isKeras: Bool { variant != .torchvision }

  /// The filters of the first convolution.
  private var stem: Int { isKeras ? 16 : divisible(16 * alpha) }

  private func norm(_ name: String) -> BatchNorm {
    BatchNorm(name, epsilon: 1e-3, momentum: isKeras ? 0.999 : 0.99)
  }

  private func inverted(_ unit: Unit) -> InvertedResidual {
    InvertedResidual(sum: unit.hasShortcut ? "\(unit.name)_add" : nil) {
      if let activation = unit.expansion {
        Conv2D("\(unit.name)_expand", 1, unit.width, bias: false)
        norm("\(unit.name)_expand_bn")
        activation
      }
    } reduction: {
      let kernel = Extent(unit.kernel, unit.kernel)
      let pads = unit.stride == 2 && isKeras
      if pads { SamePad("\(unit.name)_depthwise_pad", kernel, stride: 2) }
      DepthwiseConv2D(
        "\(unit.name)_depthwise", kernel, stride: unit.stride,
        padding: pads ? .valid : .symmetric(unit.kernel / 2), bias: false)
      norm("\(unit.name)_depthwise_bn")
      unit.activation
      if let gate = unit.gate {
        Gate("\(unit.name)_squeeze_excite_mul") {
          GlobalAveragePool("\(unit.name)_squeeze_excite_avg_pool", keepsRank: true)
          Conv2D("\(unit.name)_squeeze_excite_conv", 1, unit.squeezed)
          ReLU("\(unit.name)_squeeze_excite_relu")
          Conv2D("\(unit.name)_squeeze_excite_conv_1", 1, unit.width)
          gate
        }
      }
      Conv2D("\(unit.name)_project", 1, unit.output, bias: false)
      norm("\(unit.name)_project_bn")
    }
  }
}

extension MobileNetV3 {
  /// An inverted residual.
  ///
  /// Keras counts the names of its activations through the whole network.
  private struct Unit {
    let name: String
    let kernel: Int
    let input: Int
    let width: Int
    let output: Int
    let stride: Int
    /// What the gate squeezes to.
    let squeezed: Int
    /// What follows the expansion; nil for a unit that reads a map of its own width.
    let expansion: ActivationLayer?
    /// What follows the convolution of each channel.
    let activation: ActivationLayer
    /// What ends the gate; nil for a unit without.
    let gate: ActivationLayer?

    var hasShortcut: Bool { stride == 1 && input == output }
  }

  /// The network's layers whose names are counted.
  private struct Plan {
    let stemActivation: ActivationLayer
    let units: [Unit]
    let lastActivation: ActivationLayer
    let classifierActivation: ActivationLayer

    /// The units that stride.
    var strides: [Int] { units.indices.filter { units[$0].stride == 2 } }
  }

  /// A line of the paper's tables.
  private struct Row {
    let kernel: Int
    /// "exp size".
    let expanded: Int
    /// "#out".
    let channels: Int
    /// "SE".
    let hasGate: Bool
    /// "NL": h-swish, or else ReLU.
    let isHard: Bool
    let stride: Int

    init(
      _ kernel: Int, _ expanded: Int, _ channels: Int, gate: Bool = false, hard: Bool = true,
      stride: Int = 1
    ) {
      (self.kernel, self.expanded, self.channels) = (kernel, expanded, channels)
      (hasGate, isHard, self.stride) = (gate, hard, stride)
    }
  }

  private var rows: [Row] {
    switch size {
    case .large:
      [
        Row(3, 16, 16, hard: false),
        Row(3, 64, 24, hard: false, stride: 2),
        Row(3, 72, 24, hard: false),
        Row(5, 72, 40, gate: true, hard: false, stride: 2),
        Row(5, 120, 40, gate: true, hard: false),
        Row(5, 120, 40, gate: true, hard: false),
        Row(3, 240, 80, stride: 2),
        Row(3, 200, 80),
        Row(3, 184, 80),
        Row(3, 184, 80),
        Row(3, 480, 112, gate: true),
        Row(3, 672, 112, gate: true),
        Row(5, 672, 160, gate: true, stride: 2),
        Row(5, 960, 160, gate: true),
        Row(5, 960, 160, gate: true),
      ]
    case .small:
      [
        Row(3, 16, 16, gate: true, hard: false, stride: 2),
        Row(3, 72, 24, hard: false, stride: 2),
        Row(3, 88, 24, hard: false),
        Row(5, 96, 40, gate: true, stride: 2),
        Row(5, 240, 40, gate: true),
        Row(5, 240, 40, gate: true),
        Row(5, 120, 48, gate: true),
        Row(5, 144, 48, gate: true),
        Row(5, 288, 96, gate: true, stride: 2),
        Row(5, 576, 96, gate: true),
        Row(5, 576, 96, gate: true),
      ]
    }
  }

  /// The units with their widths, and every activation that Keras names by itself, in its order.
  private var plan: Plan {
    var names = AutoNames()
    func activation(isHard: Bool = true) -> ActivationLayer {
      isHard
        ? ActivationLayer(names("activation"), .hardSwish) : ActivationLayer(names("re_lu"), .relu)
    }
    let first = activation()
    var (input, inputOfTable) = (stem, 16)
    let units = rows.enumerated().map { index, row in
      let (output, width) = (
        divisible(Double(row.channels) * alpha), width(of: row, input: input, of: inputOfTable)
      )
      defer { (input, inputOfTable) = (output, row.channels) }
      // Only torchvision looks at widths, which may be equal later on in narrow networks.
      let expands = isKeras ? index > 0 : width != input
      return Unit(
        name: index == 0 ? "expanded_conv" : "expanded_conv_\(index)", kernel: row.kernel,
        input: input, width: width, output: output, stride: row.stride,
        squeezed: divisible(Double(width) / 4),
        expansion: expands ? activation(isHard: row.isHard) : nil,
        activation: activation(isHard: row.isHard),
        gate: row.hasGate ? ActivationLayer(names("re_lu"), .hardSigmoid) : nil)
    }
    return Plan(
      stemActivation: first, units: units, lastActivation: activation(),
      classifierActivation: activation())
  }

  /// To how many channels a unit widens what it reads.
  private func width(of row: Row, input: Int, of inputOfTable: Int) -> Int {
    guard isKeras else { return divisible(Double(row.expanded) * alpha) }
    return divisible(Double(input) * (Double(row.expanded) / Double(inputOfTable)))
  }
}
