public import Layers

/// The residual network, version 2, with 34 layers of weights.
///
/// The proportions are those of table 1 of [Deep Residual Learning for Image
/// Recognition](https://arxiv.org/abs/1512.03385), the order of layers that of He et al., [Identity
/// Mappings in Deep Residual Networks](https://arxiv.org/abs/1603.05027): normalisation and activation
/// come before each convolution. As in the package
/// [classification_models](https://github.com/qubvel/classification_models), whose file came from MXNet:
/// the network normalises its pixels itself (`bn_data`, which has no γ), no convolution has a bias, ε is
/// 2e-5, and the first unit of *every* stage projects its shortcut, which reads what has been activated.
///
/// | stage | stride | filters | units |
/// |-------|-------:|--------:|------:|
/// | conv1 |      2 |      64 |       |
/// | conv2 |      4 |      64 |     3 |
/// | conv3 |      8 |     128 |     4 |
/// | conv4 |     16 |     256 |     6 |
/// | conv5 |     32 |     512 |     3 |
///
/// The file counts units in `stage1` to `stage4`, the paper's conv2 to conv5. A stage here ends with
/// the first normalisation and activation of the unit after it: both branches of that unit read them,
/// so one map passes the border, and it is normalised. It is also the map that the same author's
/// segmentation_models reads. The literature has no Faster R-CNN on this network; as on ResNet v1,
/// regions are proposed on the end of conv4, `stage4_unit1_relu1`, and conv5 runs on what is pooled of
/// it.
public struct ResNet34V2: FeatureExtractor {
  /// How many units the file's stages have.
  private let units: [Int]
  /// How many filters the convolutions of each have.
  private let widths: [Int]
  private let classes: Int

  /// Makes the network.
  ///
  /// - Parameter classes: How many classes the classifier tells apart; ImageNet has 1000.
  public init(classes: Int = 1000) {
    self.init(units: [3, 4, 6, 3], widths: [64, 128, 256, 512], classes: classes)
  }

  /// Makes a network of other proportions: four stages after conv1.
  package init(units: [Int], widths: [Int], classes: Int) {
    (self.units, self.widths, self.classes) = (units, widths, classes)
  }

  public var preprocessing: Preprocessing { .unscaled() }

  public var imageStages: [Stage] {
    [
      Stage("conv1") {
        BatchNorm("bn_data", epsilon: 2e-5, scale: false)
        ZeroPad("zero_padding2d", before: 3, after: 3)
        Conv2D("conv0", 7, 64, stride: 2, padding: .valid, bias: false)
        norm("bn0")
        ReLU("relu0")
      },
      Stage("conv2") {
        ZeroPad("zero_padding2d_1", before: 1, after: 1)
        MaxPool("pooling0", 3, stride: 2)
        activated("stage1_unit1_", 1)
        units(of: 1, stride: 1)
        activated("stage2_unit1_", 1)
      },
      Stage("conv3") {
        units(of: 2, stride: 2)
        activated("stage3_unit1_", 1)
      },
      Stage("conv4") {
        units(of: 3, stride: 2)
        activated("stage4_unit1_", 1)
      },
    ]
  }

  public var regionStages: [Stage] {
    [
      Stage("conv5") {
        units(of: 4, stride: 2)
        activated("", 1)
      }
    ]
  }

  public var classifier: Stage {
    Stage("classifier") {
      GlobalAveragePool("pool1")
      Dense("fc1", classes)
      ActivationLayer("softmax", .softmax)
    }
  }

  /// The units of one of the file's stages; what the first reads has been activated.
  @LayerBuilder private func units(of stage: Int, stride: Int) -> [any Layer] {
    let width = widths[stage - 1]
    // Keras counts sums and paddings over the whole network; two paddings stand before the first unit.
    let earlier = units[..<(stage - 1)].reduce(0, +)
    for unit in 1...units[stage - 1] {
      let name = "stage\(stage)_unit\(unit)_"
      let index = earlier + unit - 1
      let sum = index == 0 ? "add" : "add_\(index)"
      let paddings = 2 * index + 2
      if unit == 1 {
        Residual(sum, order: .bodyFirst) {
          convolutions(name, width, stride: stride, paddings: paddings)
        } shortcut: {
          Conv2D("\(name)sc", 1, width, stride: stride, padding: .valid, bias: false)
        }
      } else {
        Residual(sum, order: .bodyFirst) {
          activated(name, 1)
          convolutions(name, width, stride: 1, paddings: paddings)
        }
      }
    }
  }

  /// 3×3 filters twice.
  @LayerBuilder private func convolutions(
    _ name: String, _ width: Int, stride: Int, paddings: Int
  ) -> [any Layer] {
    ZeroPad("zero_padding2d_\(paddings)", before: 1, after: 1)
    Conv2D("\(name)conv1", 3, width, stride: stride, padding: .valid, bias: false)
    activated(name, 2)
    ZeroPad("zero_padding2d_\(paddings + 1)", before: 1, after: 1)
    Conv2D("\(name)conv2", 3, width, padding: .valid, bias: false)
  }

  @LayerBuilder private func activated(_ name: String, _ index: Int) -> [any Layer] {
    norm("\(name)bn\(index)")
    ReLU("\(name)relu\(index)")
  }

  private func norm(_ name: String) -> BatchNorm { BatchNorm(name, epsilon: 2e-5) }
}
