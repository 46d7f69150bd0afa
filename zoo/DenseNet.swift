public import Layers

/// Densely connected networks, with 121, 169 or 201 layers of weights.
///
/// After table 1 of Huang et al., [Densely Connected Convolutional
/// Networks](https://arxiv.org/abs/1608.06993), as in Keras Applications: bottlenecks before each 3×3
/// convolution and half the channels after each block (DenseNet-BC), 32 new channels a unit, an ε of
/// 1.001 · 10⁻⁵, and the 7×7 convolution and the pooling after it padded alike on all sides.
///
/// | stage | stride | channels | 121 | 169 | 201 |
/// |-------|-------:|---------:|----:|----:|----:|
/// | conv1 |      2 |       64 |     |     |     |
/// | conv2 |      4 |      128 |   6 |   6 |   6 |
/// | conv3 |      8 |      256 |  12 |  12 |  12 |
/// | conv4 |     16 |  512–896 |  24 |  32 |  48 |
/// | conv5 |     32 | 1024–1920 |  16 |  32 |  32 |
///
/// A stage ends where the layers between two blocks have halved its channels and are about to average
/// them: the map has all that the block found out, normalised, in half the numbers. In a detector
/// regions are proposed on the last such map, `pool4_conv`, and the average and conv5 run for each of
/// them, as conv5 of a ResNet does.
public struct DenseNet: FeatureExtractor {
  /// How many layers have weights.
  public enum Depth: Int, CaseIterable, Sendable {
    case oneHundredTwentyOne = 121
    case oneHundredSixtyNine = 169
    case twoHundredOne = 201
  }

  /// How many units conv2 to conv5 have.
  private let units: [Int]
  /// How many channels a unit adds.
  private let growth: Int
  private let classes: Int

  /// Makes one of the paper's networks.
  ///
  /// - Parameters:
  ///   - depth: How many layers have weights.
  ///   - classes: How many classes the classifier tells apart; ImageNet has 1000.
  public init(_ depth: Depth, classes: Int = 1000) {
    let units =
      switch depth {
      case .oneHundredTwentyOne: [6, 12, 24, 16]
      case .oneHundredSixtyNine: [6, 12, 32, 32]
      case .twoHundredOne: [6, 12, 48, 32]
      }
    self.init(units: units, growth: 32, classes: classes)
  }

  /// Makes a network of other proportions: four blocks after conv1, which has twice `growth` filters.
  package init(units: [Int], growth: Int, classes: Int) {
    (self.units, self.growth, self.classes) = (units, growth, classes)
  }

  public var preprocessing: Preprocessing { .torch() }

  public var imageStages: [Stage] {
    [
      Stage("conv1") {
        ZeroPad("zero_padding2d", before: 3, after: 3)
        Conv2D("conv1_conv", 7, 2 * growth, stride: 2, padding: .valid, bias: false)
        norm("conv1_bn")
        ActivationLayer("conv1_relu", .relu)
      },
      Stage("conv2") {
        ZeroPad("zero_padding2d_1", before: 1, after: 1)
        MaxPool("pool1", 3, stride: 2)
        block(2)
        compression(2)
      },
      Stage("conv3") {
        AveragePool("pool2_pool", 2, stride: 2)
        block(3)
        compression(3)
      },
      Stage("conv4") {
        AveragePool("pool3_pool", 2, stride: 2)
        block(4)
        compression(4)
      },
    ]
  }

  public var regionStages: [Stage] {
    [
      Stage("conv5") {
        AveragePool("pool4_pool", 2, stride: 2)
        block(5)
        norm("bn")
        ActivationLayer("relu", .relu)
      }
    ]
  }

  public var classifier: Stage { .pooledClassifier(classes) }

  /// Equation 2: each unit reads what all before it have made.
  @LayerBuilder private func block(_ stage: Int) -> [any Layer] {
    for number in 1...units[stage - 2] { unit("conv\(stage)_block\(number)") }
  }

  private func unit(_ name: String) -> Concatenate {
    let layers = Stage(name) {
      norm("\(name)_0_bn")
      ActivationLayer("\(name)_0_relu", .relu)
      Conv2D("\(name)_1_conv", 1, 4 * growth, bias: false)
      norm("\(name)_1_bn")
      ActivationLayer("\(name)_1_relu", .relu)
      Conv2D("\(name)_2_conv", 3, growth, bias: false)
    }.layers
    return Concatenate("\(name)_concat", branches: [[], layers])
  }

  /// A transition but for its pooling: 1×1 with half the filters.
  @LayerBuilder private func compression(_ stage: Int) -> [any Layer] {
    norm("pool\(stage)_bn")
    ActivationLayer("pool\(stage)_relu", .relu)
    Conv2D("pool\(stage)_conv", 1, channels(after: stage) / 2, bias: false)
  }

  /// How many channels a block ends with.
  private func channels(after stage: Int) -> Int {
    let first = stage == 2 ? 2 * growth : channels(after: stage - 1) / 2
    return first + units[stage - 2] * growth
  }

  private func norm(_ name: String) -> BatchNorm { BatchNorm(name, epsilon: 1.001e-5) }
}
