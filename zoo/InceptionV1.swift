public import Layers

/// The first Inception network, called GoogLeNet.
///
/// After table 1 and figures 2 and 3 of Szegedy et al., [Going Deeper with
/// Convolutions](https://arxiv.org/abs/1409.4842), without the two classifiers beside the network that
/// only training has. There are two implementations whose weights people have, and Keras
/// Applications is neither:
///
/// - The usual one, here ``Variant/keras``, is the paper's as [Caffe's
///   authors](https://github.com/BVLC/caffe/tree/master/models/bvlc_googlenet) made it again and as
///   Keras files of GoogLeNet have it: biases, local response normalisation, poolings that reach one
///   cell over the bottom and the right edge, BGR.
/// - ``Variant/slim`` is TensorFlow-Slim's: batch normalisation (without γ) in place of both, a 3×3
///   where the table says 5×5, TensorFlow's "same" padding, RGB from -1 to 1.
///
/// They share no weights, so each has the names of its own files, with `_` for the `/` that Keras
/// refuses: `inception_3a_1x1` here is `Mixed_3b_Branch_0_Conv2d_0a_1x1` there.
///
/// | stage      | stride | filters | modules |
/// |------------|-------:|--------:|--------:|
/// | conv1      |      2 |      64 |         |
/// | conv2      |      4 |     192 |         |
/// | inception3 |      8 |     480 |       2 |
/// | inception4 |     16 |     832 |       5 |
/// | inception5 |     32 |    1024 |       2 |
///
/// A detector proposes regions on the last map of stride 16, like TensorFlow's with Inception v2. What
/// follows begins with a pooling; regions are pooled in its place, like VGG's.
public struct InceptionV1: FeatureExtractor {
  private let variant: Variant
  private let classes: Int

  /// Makes the network.
  ///
  /// - Parameters:
  ///   - variant: Whose implementation: `.keras` is the paper's, `.slim` the batch-normalised one.
  ///   - classes: How many classes the classifier tells apart; ImageNet has 1000.
  /// - Precondition: `variant` is one of these two.
  public init(variant: Variant = .keras, classes: Int = 1000) {
    precondition(variant != .torchvision, "there are the paper's and slim's implementation")
    (self.variant, self.classes) = (variant, classes)
  }

  public var preprocessing: Preprocessing {
    switch variant {
    case .slim: .signed()
    // The means are rounded in Caffe's model.
    default:
      Preprocessing(
        channelOrder: .bgr, scale: 1, mean: [104, 117, 123], standardDeviation: [1, 1, 1],
        imageSide: 224)
    }
  }

  public var imageStages: [Stage] {
    [
      Stage("conv1") {
        if variant != .slim { ZeroPad("conv1_pad", before: 3, after: 3) }
        conv(name("conv1_7x7_s2", slim: "Conv2d_1a_7x7"), 7, 64, stride: 2)
      },
      Stage("conv2") {
        pool(name("pool1_3x3_s2", slim: "MaxPool_2a_3x3"))
        norm("pool1_norm1")
        conv(name("conv2_3x3_reduce", slim: "Conv2d_2b_1x1"), 1, 64)
        conv(name("conv2_3x3", slim: "Conv2d_2c_3x3"), 3, 192)
        norm("conv2_norm2")
      },
      Stage("inception3") {
        pool(name("pool2_3x3_s2", slim: "MaxPool_3a_3x3"))
        module("3a", slim: "3b", 64, (96, 128), (16, 32), pooled: 32)
        module("3b", slim: "3c", 128, (128, 192), (32, 96), pooled: 64)
      },
      Stage("inception4") {
        pool(name("pool3_3x3_s2", slim: "MaxPool_4a_3x3"))
        module("4a", slim: "4b", 192, (96, 208), (16, 48), pooled: 64)
        module("4b", slim: "4c", 160, (112, 224), (24, 64), pooled: 64)
        module("4c", slim: "4d", 128, (128, 256), (24, 64), pooled: 64)
        module("4d", slim: "4e", 112, (144, 288), (32, 64), pooled: 64)
        module("4e", slim: "4f", 256, (160, 320), (32, 128), pooled: 128)
      },
    ]
  }

  public var bridge: Stage {
    Stage("pool4") {
      if variant == .slim {
        MaxPool("MaxPool_5a_2x2", 2, stride: 2, padding: .same)
      } else {
        pool("pool4_3x3_s2")
      }
    }
  }

  public var regionStages: [Stage] {
    [
      Stage("inception5") {
        module("5a", slim: "5b", 256, (160, 320), (32, 128), pooled: 128)
        module("5b", slim: "5c", 384, (192, 384), (48, 128), pooled: 128)
      }
    ]
  }

  public var classifier: Stage {
    if variant == .slim { return units.classifier(classes, index: 0) }
    return Stage("classifier") {
      GlobalAveragePool("pool5_7x7_s1")
      Dropout("pool5_drop_7x7_s1", rate: 0.4)
      Dense("loss3_classifier", classes)
      ActivationLayer("prob", .softmax)
    }
  }

  /// Figure 2b: 1×1; 1×1 and 3×3; 1×1 and 5×5; pooling and 1×1.
  ///
  /// - Parameters:
  ///   - name: The module in the table.
  ///   - slimName: The module in slim, which counts the poolings too.
  ///   - single: Filters of the 1×1 by itself.
  ///   - three: Filters before the 3×3, and its own.
  ///   - five: Filters before the 5×5, and its own.
  ///   - pooled: Filters after the pooling.
  /// - Returns: The module as one layer.
  @LayerBuilder private func module(
    _ name: String, slim slimName: String, _ single: Int, _ three: (reduce: Int, Int),
    _ five: (reduce: Int, Int), pooled: Int
  ) -> [any Layer] {
    if variant == .slim {
      let branch = { (index: Int, layer: String) in "Mixed_\(slimName)_Branch_\(index)_\(layer)" }
      Concatenate(
        "Mixed_\(slimName)",
        branches: [
          conv(branch(0, "Conv2d_0a_1x1"), 1, single),
          conv(branch(1, "Conv2d_0a_1x1"), 1, three.reduce)
            + conv(branch(1, "Conv2d_0b_3x3"), 3, three.1),
          conv(branch(2, "Conv2d_0a_1x1"), 1, five.reduce)
            // One is misnamed, in slim and in its files.
            + conv(branch(2, slimName == "5b" ? "Conv2d_0a_3x3" : "Conv2d_0b_3x3"), 3, five.1),
          [MaxPool(branch(3, "MaxPool_0a_3x3"), 3, stride: 1, padding: .same)]
            + conv(branch(3, "Conv2d_0b_1x1"), 1, pooled),
        ])
    } else {
      let module = "inception_\(name)"
      Concatenate(
        "\(module)_output",
        branches: [
          conv("\(module)_1x1", 1, single),
          conv("\(module)_3x3_reduce", 1, three.reduce) + conv("\(module)_3x3", 3, three.1),
          conv("\(module)_5x5_reduce", 1, five.reduce) + conv("\(module)_5x5", 5, five.1),
          [MaxPool("\(module)_pool", 3, stride: 1, padding: .same)]
            + conv("\(module)_pool_proj", 1, pooled),
        ])
    }
  }

  /// A convolution and what the implementation has after it.
  @LayerBuilder private func conv(
    _ name: String, _ size: Extent, _ filters: Int, stride: Int = 1
  ) -> [any Layer] {
    if variant == .slim {
      units.conv(name, size, filters, stride: stride)
    } else {
      // Around a strided convolution the zeros are a layer before it.
      Conv2D(
        name, size, filters, stride: stride, padding: stride > 1 ? .valid : .same,
        activation: .relu)
    }
  }

  /// The pooling that halves the resolution.
  @LayerBuilder private func pool(_ name: String) -> [any Layer] {
    if variant == .slim {
      MaxPool(name, 3, stride: 2, padding: .same)
    } else {
      // Caffe rounds up how many cells come out. What a ReLU made is never below the zeros.
      ZeroPad("\(name)_pad", before: 0, after: 1)
      MaxPool(name, 3, stride: 2)
    }
  }

  /// Local response normalisation, with Caffe's α of 10⁻⁴ for five channels together.
  @LayerBuilder private func norm(_ name: String) -> [any Layer] {
    if variant != .slim {
      LocalResponseNorm(name, radius: 2, bias: 1, alpha: 1e-4 / 5, beta: 0.75)
    }
  }

  /// What slim has in place of a convolution with a bias.
  private var units: SlimInceptionUnits { .ofClassifiers }

  private func name(_ name: String, slim: String) -> String { variant == .slim ? slim : name }
}
