public import Layers

/// Residual networks, version 1, with 34, 50, 101 or 152 layers of weights.
///
/// After table 1 of He et al., [Deep Residual Learning for Image
/// Recognition](https://arxiv.org/abs/1512.03385).
///
/// | stage | stride | filters, 34 | filters, others | 34 | 50 | 101 | 152 |
/// |-------|-------:|------------:|----------------:|---:|---:|----:|----:|
/// | conv1 |      2 |          64 |              64 |    |    |     |     |
/// | conv2 |      4 |          64 |             256 |  3 |  3 |   3 |   3 |
/// | conv3 |      8 |         128 |             512 |  4 |  4 |   4 |   8 |
/// | conv4 |     16 |         256 |            1024 |  6 |  6 |  23 |  36 |
/// | conv5 |     32 |         512 |            2048 |  3 |  3 |   3 |   3 |
///
/// The last columns count blocks: two 3×3 convolutions each in the network of 34 layers, bottlenecks
/// in the others. In all variants the 7×7 convolution pads three cells on every side. For the rest
/// implementations differ, and a variant is one of them:
///
/// |                    | keras                   | torchvision     | slim                           |
/// |--------------------|-------------------------|-----------------|--------------------------------|
/// | a stage's stride   | its first 1×1           | its first 3×3   | the previous stage's last unit |
/// | convolutions' bias | yes                     | no              | no                             |
/// | normalisation's ε  | 1.001e-5                | 1e-5            | 1e-5                           |
/// | its momentum       | 0.99                    | 0.9             | 0.997                          |
/// | the pooling pads   | every side              | every side      | the bottom and the right       |
/// | pixels             | BGR less means          | scaled RGB      | RGB less means                 |
///
/// Keras Applications has no network of 34 layers. Its torchvision variant is the one that has
/// weights; the keras variant is the same network in Keras's scheme, to be trained from scratch.
///
/// slim strides where the previous stage's last unit filters 3×3, and says itself that this saves
/// work and gives what subsampling that unit's output would. Here the output is subsampled, so that
/// stages end at the strides of the table, as slim's own detectors want them too: the TensorFlow
/// Object Detection API proposes regions on block 3 before it is subsampled, pools 7×7 cells of it and
/// runs block 4, which strides no more, on each. So the last subsampling is the ``bridge``.
///
/// In the other variants, as in appendix A of the paper, detectors propose regions on conv4 and run
/// conv5 on what they pool of it.
public struct ResNet: FeatureExtractor {
  /// How many layers have weights.
  public enum Depth: Int, CaseIterable, Sendable {
    case thirtyFour = 34
    case fifty = 50
    case oneHundredOne = 101
    case oneHundredFiftyTwo = 152
  }

  /// What a stage repeats.
  package enum Block: Sendable {
    /// Figure 5, left.
    case basic
    /// Figure 5, right.
    case bottleneck
  }

  private let block: Block
  /// How many blocks conv2 to conv5 have.
  private let blocks: [Int]
  /// How many filters the 3×3 convolutions of conv2 to conv5 have.
  private let widths: [Int]
  private let variant: Variant
  private let classes: Int

  /// Makes one of the paper's networks.
  ///
  /// - Parameters:
  ///   - depth: How many layers have weights.
  ///   - variant: Whose implementation.
  ///   - classes: How many classes the classifier tells apart; ImageNet has 1000.
  /// - Precondition: `variant` is among ``variants(of:)``.
  public init(_ depth: Depth, variant: Variant = .keras, classes: Int = 1000) {
    precondition(
      Self.variants(of: depth).contains(variant), "\(variant) has no ResNet-\(depth.rawValue)")
    let blocks =
      switch depth {
      case .thirtyFour, .fifty: [3, 4, 6, 3]
      case .oneHundredOne: [3, 4, 23, 3]
      case .oneHundredFiftyTwo: [3, 8, 36, 3]
      }
    self.init(
      depth == .thirtyFour ? .basic : .bottleneck, blocks: blocks, widths: [64, 128, 256, 512],
      variant: variant, classes: classes)
  }

  /// Makes a network of other proportions: four stages after conv1.
  package init(
    _ block: Block, blocks: [Int], widths: [Int], variant: Variant = .keras, classes: Int
  ) {
    (self.block, self.blocks, self.widths) = (block, blocks, widths)
    (self.variant, self.classes) = (variant, classes)
  }

  /// Makes a network of bottlenecks of other proportions: four stages after conv1.
  package init(bottlenecks: [Int], widths: [Int], classes: Int) {
    self.init(.bottleneck, blocks: bottlenecks, widths: widths, classes: classes)
  }

  /// Whose implementations there are, the usual one first.
  public static func variants(of depth: Depth) -> [Variant] {
    depth == .thirtyFour ? [.torchvision, .keras] : [.keras, .torchvision, .slim]
  }

  public var preprocessing: Preprocessing {
    switch variant {
    case .keras: .caffe()
    case .torchvision: .torch()
    case .slim: .slim()
    }
  }

  public var imageStages: [Stage] {
    [
      Stage("conv1") {
        ZeroPad("conv1_pad", before: 3, after: 3)
        Conv2D("conv1_conv", 7, 64, stride: 2, padding: .valid, bias: hasBiases)
        norm("conv1_bn")
        ReLU("conv1_relu")
      },
      Stage("conv2") {
        Self.pooling(of: variant)
        blocks(of: 2, stride: 1)
      },
      Stage("conv3") {
        if variant == .slim { subsampling("conv3_subsample") }
        blocks(of: 3, stride: stride)
      },
      Stage("conv4") {
        if variant == .slim { subsampling("conv4_subsample") }
        blocks(of: 4, stride: stride)
      },
    ]
  }

  public var bridge: Stage {
    variant == .slim ? Stage("subsample") { subsampling("conv5_subsample") } : .empty
  }

  public var regionStages: [Stage] {
    [Stage("conv5") { blocks(of: 5, stride: stride) }]
  }

  public var classifier: Stage { .pooledClassifier(classes) }

  /// The pooling that conv2 begins with, also in ResNet v2.
  @LayerBuilder static func pooling(of variant: Variant) -> [any Layer] {
    if variant == .slim {
      MaxPool("pool1_pool", 3, stride: 2, padding: .same)
    } else {
      ZeroPad("pool1_pad", before: 1, after: 1)
      MaxPool("pool1_pool", 3, stride: 2)
    }
  }

  /// The blocks of conv2, conv3, conv4 or conv5, of which the first strides.
  @LayerBuilder private func blocks(of stage: Int, stride: Int) -> [any Layer] {
    let width = widths[stage - 2]
    for index in 1...blocks[stage - 2] {
      let name = "conv\(stage)_block\(index)"
      if block == .basic {
        // conv1 has as many filters as conv2, which needs no projection then.
        basic(
          name, width, stride: index == 1 ? stride : 1,
          projects: index == 1 && (stage > 2 || width != 64))
      } else {
        bottleneck(name, width, stride: index == 1 ? stride : 1, projects: index == 1)
      }
    }
  }

  /// Figure 5, left: 3×3 filters twice.
  @LayerBuilder private func basic(
    _ name: String, _ width: Int, stride: Int, projects: Bool
  ) -> [any Layer] {
    Residual("\(name)_add") {
      Conv2D("\(name)_1_conv", 3, width, stride: stride, padding: .symmetric(1), bias: hasBiases)
      norm("\(name)_1_bn")
      ReLU("\(name)_1_relu")
      Conv2D("\(name)_2_conv", 3, width, bias: hasBiases)
      norm("\(name)_2_bn")
    } shortcut: {
      if projects { projection(name, width, stride: stride) }
    }
    ReLU("\(name)_out")
  }

  /// Figure 5, right: 1×1 reduces, 3×3 filters, 1×1 restores to four times the width.
  @LayerBuilder private func bottleneck(
    _ name: String, _ width: Int, stride: Int, projects: Bool
  ) -> [any Layer] {
    let stridesFirst = variant == .keras
    Residual("\(name)_add") {
      Conv2D("\(name)_1_conv", 1, width, stride: stridesFirst ? stride : 1, bias: hasBiases)
      norm("\(name)_1_bn")
      ReLU("\(name)_1_relu")
      Conv2D(
        "\(name)_2_conv", 3, width, stride: stridesFirst ? 1 : stride, padding: .symmetric(1),
        bias: hasBiases)
      norm("\(name)_2_bn")
      ReLU("\(name)_2_relu")
      Conv2D("\(name)_3_conv", 1, 4 * width, bias: hasBiases)
      norm("\(name)_3_bn")
    } shortcut: {
      if projects { projection(name, 4 * width, stride: stride) }
    }
    ReLU("\(name)_out")
  }

  /// Option B of the paper: a shortcut where the shapes differ.
  @LayerBuilder private func projection(
    _ name: String, _ filters: Int, stride: Int
  ) -> [any Layer] {
    Conv2D("\(name)_0_conv", 1, filters, stride: stride, bias: hasBiases)
    norm("\(name)_0_bn")
  }

  /// Every other cell of a map.
  private func subsampling(_ name: String) -> MaxPool { MaxPool(name, 1, stride: 2) }

  /// The stride of a stage's first block, where there is no subsampling before it.
  private var stride: Int { variant == .slim ? 1 : 2 }

  private var hasBiases: Bool { variant == .keras }

  private func norm(_ name: String) -> BatchNorm {
    switch variant {
    case .keras: BatchNorm(name, epsilon: 1.001e-5)
    case .torchvision: BatchNorm(name, epsilon: 1e-5, momentum: 0.9)
    case .slim: BatchNorm(name, epsilon: 1e-5, momentum: 0.997)
    }
  }
}
