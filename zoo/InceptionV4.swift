public import Layers

/// The fourth Inception network: more modules, each as wide as its map is coarse.
///
/// After figures 3 to 9 of Szegedy et al., [Inception-v4, Inception-ResNet and the Impact of Residual
/// Connections on Learning](https://arxiv.org/abs/1602.07261). Layers, their order and their names
/// are those of [keras-inceptionV4](https://github.com/kentsommer/keras-inceptionV4), which has
/// TensorFlow-Slim's structure. Convolutions have no bias, normalisations no γ. What the figures mark
/// with V has no padding, so maps are a little smaller than the image divided by their stride.
///
/// | stage       | stride | filters | cells of 299 | modules |
/// |-------------|-------:|--------:|-------------:|--------:|
/// | conv1       |      2 |      64 |          147 |         |
/// | stem        |      4 |     192 |           71 |         |
/// | inception-a |      8 |     384 |           35 |       4 |
/// | inception-b |     16 |    1024 |           17 |       7 |
/// | inception-c |     32 |    1536 |            8 |       3 |
///
/// A detector proposes regions on the last map of stride 16 and runs what follows, from the second
/// reduction on, for each region, as TensorFlow's detectors do with Inception-ResNet v2. A region
/// must have 3×3 cells or more.
///
/// The published weights tell 1001 classes apart: ImageNet's, after one for everything else.
public struct InceptionV4: FeatureExtractor {
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
      Stage("stem") { units.stem() },
      Stage("inception-a") {
        units.stemEnd()
        for _ in 1...4 { units.inceptionA() }
      },
      Stage("inception-b") {
        units.reductionA(k: 192, l: 224, m: 256, n: 384)
        for _ in 1...7 { units.inceptionB() }
      },
    ]
    regionStages = [
      Stage("inception-c") {
        units.reductionB()
        for _ in 1...3 { units.inceptionC() }
      }
    ]
    classifier = Stage("classifier") {
      GlobalAveragePool(units.name("average_pooling2d"), keepsRank: true)
      Dropout("dropout", rate: 0.2)
      Flatten("flatten")
      Dense("dense", classes, activation: .softmax)
    }
  }

  public var preprocessing: Preprocessing { .signed(imageSide: 299) }
}

extension InceptionUnits {
  /// Figure 3, the first two pairs of branches.
  fileprivate mutating func stem() -> [any Layer] {
    concatenate(nil, maxPool(), conv(3, 96, stride: 2, padding: .valid))
      + concatenate(
        nil,
        conv(1, 64) + conv(3, 96, padding: .valid),
        conv(1, 64) + conv(Extent(1, 7), 64) + conv(Extent(7, 1), 64)
          + conv(3, 96, padding: .valid))
  }

  /// Figure 3, the last pair of branches.
  fileprivate mutating func stemEnd() -> [any Layer] {
    concatenate(nil, conv(3, 192, stride: 2, padding: .valid), maxPool())
  }

  /// Figure 4.
  fileprivate mutating func inceptionA() -> [any Layer] {
    concatenate(
      nil,
      conv(1, 96),
      conv(1, 64) + conv(3, 96),
      conv(1, 64) + conv(3, 96) + conv(3, 96),
      averagePool() + conv(1, 96))
  }

  /// Figure 5.
  fileprivate mutating func inceptionB() -> [any Layer] {
    let (row, column) = (Extent(1, 7), Extent(7, 1))
    return concatenate(
      nil,
      conv(1, 384),
      conv(1, 192) + conv(row, 224) + conv(column, 256),
      conv(1, 192) + conv(column, 192) + conv(row, 224) + conv(column, 224) + conv(row, 256),
      averagePool() + conv(1, 128))
  }

  /// Figure 8, from 17×17 to 8×8 cells.
  fileprivate mutating func reductionB() -> [any Layer] {
    concatenate(
      nil,
      conv(1, 192) + conv(3, 192, stride: 2, padding: .valid),
      conv(1, 256) + conv(Extent(1, 7), 256) + conv(Extent(7, 1), 320)
        + conv(3, 320, stride: 2, padding: .valid),
      maxPool())
  }

  /// Figure 6.
  fileprivate mutating func inceptionC() -> [any Layer] {
    let (row, column) = (Extent(1, 3), Extent(3, 1))
    return concatenate(
      nil,
      conv(1, 256),
      conv(1, 384) + concatenate(nil, conv(row, 256), conv(column, 256)),
      conv(1, 384) + conv(column, 448) + conv(row, 512)
        + concatenate(nil, conv(row, 256), conv(column, 256)),
      averagePool() + conv(1, 256))
  }
}
