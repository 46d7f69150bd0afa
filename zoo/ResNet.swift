public import Layers

/// Residual networks, version 1, with 50, 101 or 152 layers of weights.
///
/// After table 1 of He et al., [Deep Residual Learning for Image
/// Recognition](https://arxiv.org/abs/1512.03385). Where implementations differ, this is Keras
/// Applications': a stage's stride is on its first 1×1 convolution (torchvision's is on the 3×3),
/// every convolution has a bias although a normalisation follows, and the 7×7 convolution and the
/// pooling after it have the same padding on all sides.
///
/// | stage | stride | filters |  50 | 101 | 152 |
/// |-------|-------:|--------:|----:|----:|----:|
/// | conv1 |      2 |      64 |     |     |     |
/// | conv2 |      4 |     256 |   3 |   3 |   3 |
/// | conv3 |      8 |     512 |   4 |   4 |   8 |
/// | conv4 |     16 |    1024 |   6 |  23 |  36 |
/// | conv5 |     32 |    2048 |   3 |   3 |   3 |
public struct ResNet: FeatureExtractor {
  /// How many layers have weights.
  public enum Depth: Int, CaseIterable, Sendable {
    case fifty = 50
    case oneHundredOne = 101
    case oneHundredFiftyTwo = 152
  }

  /// How many bottlenecks conv2 to conv5 have.
  private let bottlenecks: [Int]
  /// How many filters the 3×3 convolutions of conv2 to conv5 have.
  private let widths: [Int]
  private let classes: Int

  /// Makes one of the paper's networks.
  ///
  /// - Parameters:
  ///   - depth: How many layers have weights.
  ///   - classes: How many classes the classifier tells apart; ImageNet has 1000.
  public init(_ depth: Depth, classes: Int = 1000) {
    let bottlenecks =
      switch depth {
      case .fifty: [3, 4, 6, 3]
      case .oneHundredOne: [3, 4, 23, 3]
      case .oneHundredFiftyTwo: [3, 8, 36, 3]
      }
    self.init(bottlenecks: bottlenecks, widths: [64, 128, 256, 512], classes: classes)
  }

  /// Makes a network of other proportions: four stages after conv1.
  package init(bottlenecks: [Int], widths: [Int], classes: Int) {
    (self.bottlenecks, self.widths, self.classes) = (bottlenecks, widths, classes)
  }

  public var preprocessing: Preprocessing { .caffe() }

  public var imageStages: [Stage] {
    [
      Stage("conv1") {
        ZeroPad("conv1_pad", before: 3, after: 3)
        Conv2D("conv1_conv", 7, 64, stride: 2, padding: .valid)
        norm("conv1_bn")
        ReLU("conv1_relu")
      },
      Stage("conv2") {
        ZeroPad("pool1_pad", before: 1, after: 1)
        MaxPool("pool1_pool", 3, stride: 2)
        bottlenecks("conv2", bottlenecks[0], width: widths[0], stride: 1)
      },
      Stage("conv3") { bottlenecks("conv3", bottlenecks[1], width: widths[1], stride: 2) },
      Stage("conv4") { bottlenecks("conv4", bottlenecks[2], width: widths[2], stride: 2) },
    ]
  }

  public var regionStages: [Stage] {
    [Stage("conv5") { bottlenecks("conv5", bottlenecks[3], width: widths[3], stride: 2) }]
  }

  public var classifier: Stage {
    Stage("classifier") {
      GlobalAveragePool("avg_pool")
      Dense("predictions", classes, activation: .softmax)
    }
  }

  /// Bottlenecks of one width, of which the first strides and projects its shortcut.
  @LayerBuilder private func bottlenecks(
    _ stage: String, _ count: Int, width: Int, stride: Int
  ) -> [any Layer] {
    for block in 1...count {
      bottleneck(
        "\(stage)_block\(block)", width: width, stride: block == 1 ? stride : 1,
        projects: block == 1)
    }
  }

  /// Figure 5, right: 1×1 reduces, 3×3 filters, 1×1 restores to four times the width.
  @LayerBuilder private func bottleneck(
    _ name: String, width: Int, stride: Int, projects: Bool
  ) -> [any Layer] {
    Residual("\(name)_add") {
      Conv2D("\(name)_1_conv", 1, width, stride: stride)
      norm("\(name)_1_bn")
      ReLU("\(name)_1_relu")
      Conv2D("\(name)_2_conv", 3, width)
      norm("\(name)_2_bn")
      ReLU("\(name)_2_relu")
      Conv2D("\(name)_3_conv", 1, 4 * width)
      norm("\(name)_3_bn")
    } shortcut: {
      if projects {
        Conv2D("\(name)_0_conv", 1, 4 * width, stride: stride)
        norm("\(name)_0_bn")
      }
    }
    ReLU("\(name)_out")
  }

  private func norm(_ name: String) -> BatchNorm { BatchNorm(name, epsilon: 1.001e-5) }
}
