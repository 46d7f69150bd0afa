public import Layers

/// Networks of depthwise separable convolutions, version 1, of any width.
///
/// After table 1 of Howard et al., [MobileNets: Efficient Convolutional Neural Networks for Mobile
/// Vision Applications](https://arxiv.org/abs/1704.04861), as in Keras Applications. The table's
/// last unit is a misprint: it says stride 2 and keeps the resolution, here its stride is 1. A unit
/// of stride 2 pads one row at the bottom and one column at the right whatever the size of its
/// input; the activation is ReLU6; widths times α are rounded down.
///
/// TensorFlow-Slim's network is the authors' own. It pads as TensorFlow's "same", so maps of odd size
/// have a row and a column on all sides, has no convolution of fewer than eight filters, and follows a
/// batch's statistics more slowly.
///
/// | stage  | stride | filters | units |
/// |--------|-------:|--------:|------:|
/// | conv1  |      2 |      64 |     1 |
/// | conv3  |      4 |     128 |     2 |
/// | conv5  |      8 |     256 |     2 |
/// | conv11 |     16 |     512 |     6 |
/// | conv13 |     32 |    1024 |     2 |
///
/// Like the TensorFlow Object Detection API, a detector proposes regions on the end of unit 11, the last
/// map of stride 16, and runs the last two units, which begin with the last stride, for each region.
public struct MobileNet: FeatureExtractor {
  /// The multipliers that leave the first convolution a filter and the last a sensible number.
  public static let widthMultipliers = 1.0 / 32...8

  /// What each width in the table is multiplied by: α.
  public let alpha: Double
  /// Whose implementation it is: Keras's or TensorFlow-Slim's.
  public let variant: Variant
  private let classes: Int

  /// Makes a network.
  ///
  /// - Parameters:
  ///   - alpha: What each width in the table is multiplied by. Keras has ImageNet weights for 0.25,
  ///     0.5, 0.75 and 1.
  ///   - variant: Whose implementation it is.
  ///   - classes: How many classes the classifier tells apart; ImageNet has 1000.
  /// - Precondition: `alpha` is among ``widthMultipliers``; torchvision has no such network.
  public init(alpha: Double = 1, variant: Variant = .keras, classes: Int = 1000) {
    precondition(Self.widthMultipliers ~= alpha, "alpha \(alpha) leaves no network")
    precondition(variant != .torchvision, "torchvision has no MobileNet v1")
    (self.alpha, self.variant, self.classes) = (alpha, variant, classes)
  }

  public var preprocessing: Preprocessing { .signed() }

  public var imageStages: [Stage] {
    [
      Stage("conv1") {
        Conv2D("conv1", 3, filters(32), stride: 2, bias: false)
        norm("conv1_bn")
        ReLU("conv1_relu", limit: .six)
        separable(1, 64)
      },
      Stage("conv3") { separable(2...3, 128) },
      Stage("conv5") { separable(4...5, 256) },
      Stage("conv11") { separable(6...11, 512) },
    ]
  }

  public var regionStages: [Stage] {
    [Stage("conv13") { separable(12...13, 1024) }]
  }

  /// A convolution in place of the paper's matrix product, which is the same on a map of one cell.
  public var classifier: Stage {
    Stage("classifier") {
      GlobalAveragePool("global_average_pooling2d", keepsRank: true)
      Dropout("dropout", rate: 0.001)
      Conv2D("conv_preds", 1, classes)
      Flatten("reshape_2")
      ActivationLayer("predictions", .softmax)
    }
  }

  /// Units of one width, of which the first halves the resolution.
  @LayerBuilder private func separable(_ units: ClosedRange<Int>, _ width: Int) -> [any Layer] {
    for unit in units { separable(unit, width, stride: unit == units.lowerBound ? 2 : 1) }
  }

  /// Figure 3, right: one 3×3 filter for each channel, then 1×1 across the channels.
  @LayerBuilder private func separable(
    _ unit: Int, _ width: Int, stride: Int = 1
  ) -> [any Layer] {
    let pads = stride == 2 && variant == .keras
    if pads {
      ZeroPad("conv_pad_\(unit)", before: 0, after: 1)
    }
    DepthwiseConv2D(
      "conv_dw_\(unit)", 3, stride: stride, padding: pads ? .valid : .same, bias: false)
    norm("conv_dw_\(unit)_bn")
    ReLU("conv_dw_\(unit)_relu", limit: .six)
    Conv2D("conv_pw_\(unit)", 1, filters(width), bias: false)
    norm("conv_pw_\(unit)_bn")
    ReLU("conv_pw_\(unit)_relu", limit: .six)
  }

  private func norm(_ name: String) -> BatchNorm {
    BatchNorm(name, momentum: variant == .slim ? 0.9997 : 0.99)
  }

  private func filters(_ width: Int) -> Int {
    max(variant == .slim ? 8 : 1, Int(Double(width) * alpha))
  }
}
