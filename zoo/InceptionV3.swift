public import Layers

/// The third Inception network: large kernels as two or three small ones.
///
/// After table 1 and figures 5 to 7 and 10 of Szegedy et al., [Rethinking the Inception Architecture
/// for Computer Vision](https://arxiv.org/abs/1512.00567). Where sources differ, this is Keras
/// Applications', which is TensorFlow-Slim's: between the first pooling and the modules there are a
/// 1×1, a 3×3 and another pooling, not three 3×3 convolutions; modules of 35×35 cells keep one branch
/// with a 5×5; the second classifier, which only training has, is left out. Convolutions have no bias,
/// normalisations no γ. The stem and the modules that halve the resolution have no padding, so maps
/// are a little smaller than the image divided by their stride.
///
/// | stage   | stride | filters | cells of 299 |
/// |---------|-------:|--------:|-------------:|
/// | conv1   |      2 |      64 |          147 |
/// | conv2   |      4 |     192 |           71 |
/// | mixed2  |      8 |     288 |           35 |
/// | mixed7  |     16 |     768 |           17 |
/// | mixed10 |     32 |    2048 |            8 |
///
/// A detector proposes regions on `mixed7`, the last map of stride 16, and runs the modules of 8×8
/// for each region, as TensorFlow's detectors do with Inception v2 and Inception-ResNet v2. A region
/// must have 3×3 cells or more.
public struct InceptionV3: FeatureExtractor {
  public let imageStages: [Stage]
  public let regionStages: [Stage]
  public let classifier: Stage

  /// Makes the network.
  ///
  /// - Parameter classes: How many classes the classifier tells apart; ImageNet has 1000.
  public init(classes: Int = 1000) {
    var units = InceptionUnits()
    imageStages = [
      units.conv1(),
      units.conv2(),
      Stage("mixed2") {
        units.maxPool()
        units.module35("mixed0", pooled: 32)
        units.module35("mixed1", pooled: 64)
        units.module35("mixed2", pooled: 64)
      },
      Stage("mixed7") {
        units.reductionA("mixed3", k: 64, l: 96, m: 96, n: 384)
        units.module17("mixed4", width: 128)
        units.module17("mixed5", width: 160)
        units.module17("mixed6", width: 160)
        units.module17("mixed7", width: 192)
      },
    ]
    regionStages = [
      Stage("mixed10") {
        units.reduction17("mixed8")
        units.module8("mixed9", inner: "mixed9_0")
        units.module8("mixed10", inner: "mixed9_1")
      }
    ]
    classifier = .pooledClassifier(classes)
  }

  public var preprocessing: Preprocessing { .signed(imageSide: 299) }
}

extension InceptionUnits {
  /// Figure 6: a 7×7 as a row of seven after a column of seven.
  fileprivate mutating func module17(_ name: String, width: Int) -> [any Layer] {
    let (row, column) = (Extent(1, 7), Extent(7, 1))
    return concatenate(
      name,
      conv(1, 192),
      conv(1, width) + conv(row, width) + conv(column, 192),
      conv(1, width) + conv(column, width) + conv(row, width) + conv(column, width)
        + conv(row, 192),
      averagePool() + conv(1, 192))
  }

  /// Figure 10, from 17×17 to 8×8 cells.
  fileprivate mutating func reduction17(_ name: String) -> [any Layer] {
    concatenate(
      name,
      conv(1, 192) + conv(3, 320, stride: 2, padding: .valid),
      conv(1, 192) + conv(Extent(1, 7), 192) + conv(Extent(7, 1), 192)
        + conv(3, 192, stride: 2, padding: .valid),
      maxPool())
  }

  /// Figure 7: a 3×3 as a row and a column beside one another.
  fileprivate mutating func module8(_ name: String, inner: String) -> [any Layer] {
    let (row, column) = (Extent(1, 3), Extent(3, 1))
    return concatenate(
      name,
      conv(1, 320),
      conv(1, 384) + concatenate(inner, conv(row, 384), conv(column, 384)),
      conv(1, 448) + conv(3, 384) + concatenate(nil, conv(row, 384), conv(column, 384)),
      averagePool() + conv(1, 192))
  }
}
