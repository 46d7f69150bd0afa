public import Layers

/// Residual networks, version 2, with 50, 101 or 152 layers of weights.
///
/// After He et al., [Identity Mappings in Deep Residual Networks](https://arxiv.org/abs/1603.05027):
/// normalisation and activation come before each convolution (figure 4e), so that a shortcut passes
/// what it reads unchanged. As in Keras Applications, which follows TensorFlow-Slim: the stride is in
/// the *last* block of a stage, on its 3×3 convolution and, as a pooling of one cell, on its shortcut;
/// conv1 has neither normalisation nor activation; a convolution has a bias where no normalisation
/// reads it. TensorFlow-Slim's own differs in numbers: the first pooling pads at the bottom and the
/// right alone, normalisations have an ε of 1e-5 and a momentum of 0.997, images have 299 pixels.
///
/// | stage | stride | filters |    50 |    101 |    152 |
/// |-------|-------:|--------:|------:|-------:|-------:|
/// | conv1 |      2 |      64 |       |        |        |
/// | conv2 |      4 |     256 |     2 |      2 |      2 |
/// | conv3 |      8 |     512 | 1 + 3 |  1 + 3 |  1 + 7 |
/// | conv4 |     16 |    1024 | 1 + 5 | 1 + 22 | 1 + 35 |
/// | conv5 |     32 |    2048 | 1 + 3 |  1 + 3 |  1 + 3 |
///
/// The blocks are counted as they are cut here. A stage begins with the block that strides, which
/// Keras numbers among the stage before: our conv3 is Keras's conv2_block3 and conv3_block1 to
/// conv3_block3.
///
/// The literature has no Faster R-CNN on these networks. The maps of each stride that have been
/// normalised last, `conv2_block3_1_relu`, `conv3_block4_1_relu` and `conv4_block6_1_relu`, lie inside
/// the blocks that stride, where the shortcut has left already and passes the rest of the block by; a
/// detector hands one map to its regions, so no cut can be there. Regions are therefore proposed on the
/// sum before, `conv4_block5_out` in the network of 50 layers, the last of stride 16. The block that
/// strides and conv5 run on what is pooled of it: every layer of the ImageNet network serves, and the
/// regions' first is the normalisation that the sum lacks.
public struct ResNetV2: FeatureExtractor {
  /// How many layers have weights.
  public enum Depth: Int, CaseIterable, Sendable {
    case fifty = 50
    case oneHundredOne = 101
    case oneHundredFiftyTwo = 152
  }

  /// How many bottlenecks Keras's conv2 to conv5 have.
  private let bottlenecks: [Int]
  /// How many filters the 3×3 convolutions of conv2 to conv5 have.
  private let widths: [Int]
  private let variant: Variant
  private let classes: Int

  /// Makes one of Keras's or TensorFlow-Slim's networks.
  ///
  /// - Parameters:
  ///   - depth: How many layers have weights.
  ///   - variant: Whose implementation; what is not slim's is Keras's.
  ///   - classes: How many classes the classifier tells apart; ImageNet has 1000.
  public init(_ depth: Depth, variant: Variant = .keras, classes: Int = 1000) {
    let bottlenecks =
      switch depth {
      case .fifty: [3, 4, 6, 3]
      case .oneHundredOne: [3, 4, 23, 3]
      case .oneHundredFiftyTwo: [3, 8, 36, 3]
      }
    self.init(
      bottlenecks: bottlenecks, widths: [64, 128, 256, 512], variant: variant, classes: classes)
  }

  /// Makes a network of other proportions: four stages after conv1.
  ///
  /// - Precondition: All but the last stage have at least two bottlenecks: the first projects, the last
  ///   strides.
  package init(
    bottlenecks: [Int], widths: [Int], variant: Variant = .keras, classes: Int
  ) {
    precondition(bottlenecks.dropLast().allSatisfy { $0 > 1 }, "a block cannot project and stride")
    (self.bottlenecks, self.widths) = (bottlenecks, widths)
    (self.variant, self.classes) = (variant, classes)
  }

  public var preprocessing: Preprocessing {
    .signed(imageSide: variant == .slim ? 299 : 224)
  }

  public var imageStages: [Stage] {
    [
      Stage("conv1") {
        ZeroPad("conv1_pad", before: 3, after: 3)
        Conv2D("conv1_conv", 7, 64, stride: 2, padding: .valid)
      },
      Stage("conv2") {
        ResNet.pooling(of: variant)
        plainBottlenecks(of: 2)
      },
      Stage("conv3") {
        stridingBottleneck(of: 2, shortcut: "max_pooling2d")
        plainBottlenecks(of: 3)
      },
      Stage("conv4") {
        stridingBottleneck(of: 3, shortcut: "max_pooling2d_1")
        plainBottlenecks(of: 4)
      },
    ]
  }

  public var regionStages: [Stage] {
    [
      Stage("conv5") {
        stridingBottleneck(of: 4, shortcut: "max_pooling2d_2")
        plainBottlenecks(of: 5)
        norm("post_bn")
        ReLU("post_relu")
      }
    ]
  }

  public var classifier: Stage { .pooledClassifier(classes) }

  /// The bottlenecks of one of Keras's stages but the one that strides; the last stage has none.
  @LayerBuilder private func plainBottlenecks(of stage: Int) -> [any Layer] {
    let count = bottlenecks[stage - 2] - (stage < 5 ? 1 : 0)
    let width = widths[stage - 2]
    for block in 1...count {
      let name = "conv\(stage)_block\(block)"
      if block == 1 {
        // The shortcut reads what has been activated.
        norm("\(name)_preact_bn")
        ReLU("\(name)_preact_relu")
        Residual("\(name)_out") {
          convolutions(name, width)
        } shortcut: {
          Conv2D("\(name)_0_conv", 1, 4 * width)
        }
      } else {
        Residual("\(name)_out") { preactivated(name, width) }
      }
    }
  }

  /// The last bottleneck of one of Keras's stages.
  private func stridingBottleneck(of stage: Int, shortcut: String) -> Residual {
    let name = "conv\(stage)_block\(bottlenecks[stage - 2])"
    return Residual("\(name)_out") {
      preactivated(name, widths[stage - 2], stride: 2)
    } shortcut: {
      MaxPool(shortcut, 1, stride: 2)
    }
  }

  @LayerBuilder private func preactivated(
    _ name: String, _ width: Int, stride: Int = 1
  ) -> [any Layer] {
    norm("\(name)_preact_bn")
    ReLU("\(name)_preact_relu")
    convolutions(name, width, stride: stride)
  }

  /// 1×1 reduces, 3×3 filters, 1×1 restores to four times the width.
  @LayerBuilder private func convolutions(
    _ name: String, _ width: Int, stride: Int = 1
  ) -> [any Layer] {
    Conv2D("\(name)_1_conv", 1, width, bias: false)
    norm("\(name)_1_bn")
    ReLU("\(name)_1_relu")
    ZeroPad("\(name)_2_pad", before: 1, after: 1)
    Conv2D("\(name)_2_conv", 3, width, stride: stride, padding: .valid, bias: false)
    norm("\(name)_2_bn")
    ReLU("\(name)_2_relu")
    Conv2D("\(name)_3_conv", 1, 4 * width)
  }

  private func norm(_ name: String) -> BatchNorm {
    variant == .slim
      ? BatchNorm(name, epsilon: 1e-5, momentum: 0.997) : BatchNorm(name, epsilon: 1.001e-5)
  }
}
