public import Layers

/// The second Inception network with residual connections.
///
/// After figures 7 and 15 to 19 of Szegedy et al., [Inception-v4, Inception-ResNet and the
/// Impact of Residual Connections on Learning](https://arxiv.org/abs/1602.07261). Where sources
/// differ, this is Keras Applications', which is TensorFlow-Slim's: the stem is that of Inception v3
/// and one module more; there are 10, 20 and 10 residual modules, twice as many as in figure 15; their
/// maps have 320, 1088 and 2080 channels. A module adds 0.17, 0.1 or 0.2 times what its branches make;
/// only the last adds all of it, and has no ReLU after the sum. Convolutions have no bias,
/// normalisations no γ, but the last convolution of a residual module has a bias and no normalisation.
/// The stem and the reductions have no padding.
///
/// | stage    | stride | filters | cells of 299 | residual modules |
/// |----------|-------:|--------:|-------------:|-----------------:|
/// | conv1    |      2 |      64 |          147 |                  |
/// | conv2    |      4 |     192 |           71 |                  |
/// | block35  |      8 |     320 |           35 |               10 |
/// | block17  |     16 |    1088 |           17 |               20 |
/// | block8   |     32 |    1536 |            8 |               10 |
///
/// A detector proposes regions on the last map of stride 16, TensorFlow's `PreAuxLogits`, and runs
/// what follows, from the second reduction on, for each region: so do TensorFlow's own detectors. A
/// region must have 3×3 cells or more.
public struct InceptionResNetV2: FeatureExtractor {
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
      Stage("block35") {
        units.maxPool()
        units.module35("mixed_5b", 96, pooled: 64)
        for index in 1...10 {
          units.block35("block35_\(index)")
          ReLU("block35_\(index)_ac")
        }
      },
      Stage("block17") {
        units.reductionA("mixed_6a", k: 256, l: 256, m: 384, n: 384)
        for index in 1...20 {
          units.block17("block17_\(index)")
          ReLU("block17_\(index)_ac")
        }
      },
    ]
    regionStages = [
      Stage("block8") {
        units.mixed7a()
        for index in 1...9 {
          units.block8("block8_\(index)", scale: 0.2)
          ReLU("block8_\(index)_ac")
        }
        units.block8("block8_10", scale: 1)
        Conv2D("conv_7b", 1, 1536, bias: false)
        BatchNorm("conv_7b_bn", scale: false)
        ReLU("conv_7b_ac")
      }
    ]
    classifier = .pooledClassifier(classes)
  }

  public var preprocessing: Preprocessing { .signed(imageSide: 299) }
}

extension InceptionUnits {
  /// Figure 16.
  fileprivate mutating func block35(_ name: String) -> [any Layer] {
    let branches = concatenate(
      "\(name)_mixed",
      conv(1, 32),
      conv(1, 32) + conv(3, 32),
      conv(1, 32) + conv(3, 48) + conv(3, 64))
    return sum(name, branches, channels: 320, scale: 0.17)
  }

  /// Figure 17.
  fileprivate mutating func block17(_ name: String) -> [any Layer] {
    let branches = concatenate(
      "\(name)_mixed",
      conv(1, 192),
      conv(1, 128) + conv(Extent(1, 7), 160) + conv(Extent(7, 1), 192))
    return sum(name, branches, channels: 1088, scale: 0.1)
  }

  /// Figure 18, from 17×17 to 8×8 cells.
  fileprivate mutating func mixed7a() -> [any Layer] {
    concatenate(
      "mixed_7a",
      conv(1, 256) + conv(3, 384, stride: 2, padding: .valid),
      conv(1, 256) + conv(3, 288, stride: 2, padding: .valid),
      conv(1, 256) + conv(3, 288) + conv(3, 320, stride: 2, padding: .valid),
      maxPool())
  }

  /// Figure 19.
  fileprivate mutating func block8(_ name: String, scale: Float) -> [any Layer] {
    let branches = concatenate(
      "\(name)_mixed",
      conv(1, 192),
      conv(1, 192) + conv(Extent(1, 3), 224) + conv(Extent(3, 1), 256))
    return sum(name, branches, channels: 2080, scale: scale)
  }

  /// A module's input and a share of what its branches make, brought to as many channels.
  private mutating func sum(
    _ name: String, _ branches: [any Layer], channels: Int, scale: Float
  ) -> [any Layer] {
    residual(scale: scale, branches + [Conv2D("\(name)_conv", 1, channels)])
  }
}
