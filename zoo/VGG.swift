public import Layers

/// Very deep networks of 3×3 convolutions, with 16 or 19 layers of weights.
///
/// After configurations D and E in table 1 of Simonyan and Zisserman, [Very Deep Convolutional
/// Networks for Large-Scale Image Recognition](https://arxiv.org/abs/1409.1556), as in Keras
/// Applications. torchvision's and TensorFlow-Slim's networks are the same but for what happens to
/// pixels first; the latter has the authors' own weights with red and blue exchanged.
///
/// As in the paper of Faster R-CNN, regions are proposed on the end of block 5, the last map of stride
/// 16, and pooled from it to 7×7 in place of the last pooling, so `fc1` and `fc2` keep their ImageNet
/// weights and run for each region.
///
/// | block | stride | filters | D, 16 | E, 19 |
/// |------:|-------:|--------:|------:|------:|
/// |     1 |      1 |      64 |     2 |     2 |
/// |     2 |      2 |     128 |     2 |     2 |
/// |     3 |      4 |     256 |     3 |     4 |
/// |     4 |      8 |     512 |     3 |     4 |
/// |     5 |     16 |     512 |     3 |     4 |
public struct VGG: FeatureExtractor {
  /// How many layers have weights.
  public enum Depth: Int, CaseIterable, Sendable {
    case sixteen = 16
    case nineteen = 19
  }

  /// How many convolutions each block has.
  private let convolutions: [Int]
  private let filters: [Int]
  private let units: Int
  private let classes: Int
  /// Whose weights it is for.
  public let variant: Variant

  /// Makes one of the paper's networks.
  ///
  /// - Parameters:
  ///   - depth: How many layers have weights.
  ///   - variant: Whose weights it is for.
  ///   - classes: How many classes the classifier tells apart; ImageNet has 1000.
  public init(_ depth: Depth, variant: Variant = .keras, classes: Int = 1000) {
    let convolutions =
      switch depth {
      case .sixteen: [2, 2, 3, 3, 3]
      case .nineteen: [2, 2, 4, 4, 4]
      }
    self.init(
      convolutions: convolutions, filters: [64, 128, 256, 512, 512], units: 4096,
      variant: variant, classes: classes)
  }

  /// Makes a network of other proportions: five blocks, and `units` in either hidden layer.
  package init(
    convolutions: [Int], filters: [Int], units: Int, variant: Variant = .keras, classes: Int
  ) {
    (self.convolutions, self.filters) = (convolutions, filters)
    (self.units, self.variant, self.classes) = (units, variant, classes)
  }

  public var preprocessing: Preprocessing {
    switch variant {
    case .keras: .caffe()
    case .torchvision: .torch()
    case .slim: .slim()
    }
  }

  public var imageStages: [Stage] {
    zip(convolutions, filters).enumerated().map { index, block in
      Stage("block\(index + 1)") {
        if index > 0 {
          MaxPool("block\(index)_pool", 2, stride: 2)
        }
        for convolution in 1...block.0 {
          Conv2D("block\(index + 1)_conv\(convolution)", 3, block.1, activation: .relu)
        }
      }
    }
  }

  public var bridge: Stage {
    Stage("pool") { MaxPool("block5_pool", 2, stride: 2) }
  }

  public var regionStages: [Stage] {
    [
      Stage("fc") {
        Flatten("flatten")
        Dense("fc1", units, activation: .relu)
        Dense("fc2", units, activation: .relu)
      }
    ]
  }

  public var classifier: Stage {
    Stage("classifier") { Dense("predictions", classes, activation: .softmax) }
  }
}
