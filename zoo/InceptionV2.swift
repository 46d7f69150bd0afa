public import Layers

/// The second Inception network: the first with batch normalisation, and 3×3 twice for each 5×5.
///
/// After section 4.2 and the appendix of Ioffe and Szegedy, [Batch Normalization: Accelerating Deep
/// Network Training by Reducing Internal Covariate Shift](https://arxiv.org/abs/1502.03167). Keras
/// Applications does not have it. This is TensorFlow-Slim's network, whose numbers differ from the
/// appendix in a few branches and whose first convolution is a separable one, 8 filters a channel;
/// names are slim's with `_` for the `/` that Keras refuses. There are two forms of it:
///
/// - The usual one, here ``Variant/keras``, is that of TensorFlow's detectors, which is the paper's in
///   this: a normalisation with γ and β after every convolution.
/// - ``Variant/slim`` is slim's own classifier: normalisations have no γ, and the first convolution has
///   a bias in place of one.
///
/// | stage   | stride | filters | modules |
/// |---------|-------:|--------:|--------:|
/// | conv1   |      2 |      64 |         |
/// | conv2   |      4 |     192 |         |
/// | mixed_3 |      8 |     320 |       2 |
/// | mixed_4 |     16 |     576 |       5 |
/// | mixed_5 |     32 |    1024 |       3 |
///
/// As in TensorFlow's detectors, regions are proposed on `Mixed_4e`, and `Mixed_5a` to `Mixed_5c` run
/// for each region.
public struct InceptionV2: FeatureExtractor {
  private let variant: Variant
  private let units: SlimInceptionUnits
  private let classes: Int

  /// Makes the network.
  ///
  /// - Parameters:
  ///   - variant: `.keras` for the form of TensorFlow's detectors, `.slim` for slim's classifier.
  ///   - classes: How many classes the classifier tells apart; ImageNet has 1000.
  /// - Precondition: `variant` is one of these two.
  public init(variant: Variant = .keras, classes: Int = 1000) {
    precondition(variant != .torchvision, "there are the detectors' form and slim's")
    (self.variant, self.classes) = (variant, classes)
    units = variant == .slim ? .ofClassifiers : SlimInceptionUnits(scale: true, momentum: 0.99)
  }

  public var preprocessing: Preprocessing { .signed() }

  public var imageStages: [Stage] {
    [
      Stage("conv1") {
        SeparableConv2D(
          "Conv2d_1a_7x7", 7, 64, multiplier: 8, stride: 2, bias: variant == .slim)
        if variant != .slim { units.norm("Conv2d_1a_7x7_bn") }
        ReLU("Conv2d_1a_7x7_relu")
      },
      Stage("conv2") {
        MaxPool("MaxPool_2a_3x3", 3, stride: 2, padding: .same)
        units.conv("Conv2d_2b_1x1", 1, 64)
        units.conv("Conv2d_2c_3x3", 3, 192)
      },
      Stage("mixed_3") {
        MaxPool("MaxPool_3a_3x3", 3, stride: 2, padding: .same)
        module("Mixed_3b", 64, (64, 64), (64, 96), .average, 32)
        module("Mixed_3c", 64, (64, 96), (64, 96), .average, 64)
      },
      Stage("mixed_4") {
        reduction("Mixed_4a", (128, 160), (64, 96))
        module("Mixed_4b", 224, (64, 96), (96, 128), .average, 128)
        module("Mixed_4c", 192, (96, 128), (96, 128), .average, 128)
        module("Mixed_4d", 160, (128, 160), (128, 160), .average, 96)
        module("Mixed_4e", 96, (128, 192), (160, 192), .average, 96)
      },
    ]
  }

  public var regionStages: [Stage] {
    [
      Stage("mixed_5") {
        reduction("Mixed_5a", (128, 192), (192, 256))
        module("Mixed_5b", 352, (192, 320), (160, 224), .average, 128)
        module("Mixed_5c", 352, (192, 320), (192, 224), .max, 128)
      }
    ]
  }

  public var classifier: Stage { units.classifier(classes, index: 1) }

  /// 1×1; 1×1 and 3×3; 1×1 and 3×3 twice; pooling and 1×1.
  ///
  /// - Parameters:
  ///   - name: The module's name.
  ///   - single: Filters of the 1×1 by itself.
  ///   - three: Filters before the 3×3, and its own.
  ///   - double: Filters before the two 3×3, and those of each.
  ///   - pooling: Which pooling.
  ///   - pooled: Filters after the pooling.
  /// - Returns: The module as one layer.
  private func module(
    _ name: String, _ single: Int, _ three: (reduce: Int, Int), _ double: (reduce: Int, Int),
    _ pooling: Pooling, _ pooled: Int
  ) -> Concatenate {
    let pool: any Layer =
      switch pooling {
      case .average:
        AveragePool("\(name)_Branch_3_AvgPool_0a_3x3", 3, stride: 1, padding: .same)
      case .max: MaxPool("\(name)_Branch_3_MaxPool_0a_3x3", 3, stride: 1, padding: .same)
      }
    return Concatenate(
      name,
      branches: [
        units.conv("\(name)_Branch_0_Conv2d_0a_1x1", 1, single),
        units.conv("\(name)_Branch_1_Conv2d_0a_1x1", 1, three.reduce)
          + units.conv("\(name)_Branch_1_Conv2d_0b_3x3", 3, three.1),
        units.conv("\(name)_Branch_2_Conv2d_0a_1x1", 1, double.reduce)
          + units.conv("\(name)_Branch_2_Conv2d_0b_3x3", 3, double.1)
          + units.conv("\(name)_Branch_2_Conv2d_0c_3x3", 3, double.1),
        [pool] + units.conv("\(name)_Branch_3_Conv2d_0b_1x1", 1, pooled),
      ])
  }

  /// A module that halves the resolution: 1×1 and 3×3; 1×1 and 3×3 twice; pooling.
  private func reduction(
    _ name: String, _ three: (reduce: Int, Int), _ double: (reduce: Int, Int)
  ) -> Concatenate {
    Concatenate(
      name,
      branches: [
        units.conv("\(name)_Branch_0_Conv2d_0a_1x1", 1, three.reduce)
          + units.conv("\(name)_Branch_0_Conv2d_1a_3x3", 3, three.1, stride: 2),
        units.conv("\(name)_Branch_1_Conv2d_0a_1x1", 1, double.reduce)
          + units.conv("\(name)_Branch_1_Conv2d_0b_3x3", 3, double.1)
          + units.conv("\(name)_Branch_1_Conv2d_1a_3x3", 3, double.1, stride: 2),
        [MaxPool("\(name)_Branch_2_MaxPool_1a_3x3", 3, stride: 2, padding: .same)],
      ])
  }
}
