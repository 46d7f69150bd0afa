public import Layers

/// Residual networks whose channels are weighted by what the whole map holds.
///
/// After table 2 of Hu et al., [Squeeze-and-Excitation Networks](https://arxiv.org/abs/1709.01507), and
/// for SENet-154 its section 6.2: a block's result is multiplied, channel by channel, by a gate of two
/// 1×1 convolutions on its mean, the first of a sixteenth of the channels.
///
/// | stage | stride | filters | blocks, SE-ResNet-50 | blocks, SENet-154 |
/// |-------|-------:|--------:|---------------------:|------------------:|
/// | conv1 |      2 |      64 |                      |                   |
/// | conv2 |      4 |     256 |                    3 |                 3 |
/// | conv3 |      8 |     512 |                    4 |                 8 |
/// | conv4 |     16 |    1024 |                    6 |                36 |
/// | conv5 |     32 |    2048 |                    3 |                 3 |
///
/// SENet-154 has three 3×3 convolutions of 64, 64 and 128 filters in place of the 7×7; its bottlenecks
/// reduce to half their filters, not to a quarter, filter 3×3 in 64 groups, and stride there; a
/// shortcut that strides is a 3×3 convolution; before the classifier a fifth is dropped out.
///
/// As in the package [classification_models](https://github.com/qubvel/classification_models), which
/// has the weights of the authors' Caffe models by way of
/// [pretrained-models.pytorch](https://github.com/Cadene/pretrained-models.pytorch): SE-ResNet-50 strides
/// on the first 1×1 convolution, only the gates' convolutions have biases, ε is 1e-5, all padding is the
/// same on every side (Caffe's pooling pads none there and rounds up instead), and nearly no layer has a
/// name of its own. The file has a convolution for each of the 64 groups; here the groups are one layer,
/// which has the name of the first.
///
/// The paper's own Faster R-CNN does not say where SE-ResNet-50 is cut. These networks are ResNets v1
/// but for the gates and are cut like them: regions are proposed on the end of conv4, and conv5 runs on
/// what is pooled of it. The gates of conv5 then weigh channels by one region, as they weigh them by
/// one image in the ImageNet network.
public struct SENet: FeatureExtractor {
  /// The networks of the family.
  public enum Network: String, CaseIterable, Sendable {
    case seResNet50
    case seNet154
  }

  public let imageStages: [Stage]
  public let regionStages: [Stage]
  public let classifier: Stage

  /// Makes one of the paper's networks.
  ///
  /// - Parameters:
  ///   - network: Which of them.
  ///   - classes: How many classes the classifier tells apart; ImageNet has 1000.
  public init(_ network: Network, classes: Int = 1000) {
    let blocks = network == .seResNet50 ? [3, 4, 6, 3] : [3, 8, 36, 3]
    self.init(network, blocks: blocks, width: 64, groups: 64, classes: classes)
  }

  /// Makes a network of other proportions: four stages after conv1.
  ///
  /// - Parameters:
  ///   - network: Whose blocks and first layers.
  ///   - blocks: How many blocks each stage has.
  ///   - width: The filters of the first convolution.
  ///   - groups: The groups of SENet-154's 3×3 convolutions.
  ///   - classes: How many classes the classifier tells apart.
  package init(_ network: Network, blocks: [Int], width: Int, groups: Int, classes: Int) {
    var maker = SENetLayers(network: network, groups: groups)
    let stem = maker.stem(width)
    let pooling = maker.pooling()
    let stages = blocks.enumerated().map { index, count in
      maker.blocks(count, filters: (4 * width) << index, isFirstStage: index == 0)
    }
    imageStages = [
      Stage("conv1") { stem },
      Stage("conv2") {
        pooling
        stages[0]
      },
      Stage("conv3") { stages[1] },
      Stage("conv4") { stages[2] },
    ]
    regionStages = [Stage("conv5") { stages[3] }]
    let pooled = maker.names("global_average_pooling2d")
    classifier = Stage("classifier") {
      GlobalAveragePool(pooled)
      if network == .seNet154 { Dropout("dropout", rate: 0.2) }
      Dense("dense", classes)
      ActivationLayer("output", .softmax)
    }
  }

  public var preprocessing: Preprocessing { .torch() }
}

/// Makes the layers in the order in which classification_models does, for their names.
private struct SENetLayers {
  let network: SENet.Network
  let groups: Int
  var names = AutoNames()

  mutating func stem(_ width: Int) -> [any Layer] {
    guard network == .seNet154 else { return convolution(7, width, stride: 2) + [relu()] }
    return convolution(3, width, stride: 2) + [relu()] + convolution(3, width) + [relu()]
      + convolution(3, 2 * width) + [relu()]
  }

  mutating func pooling() -> [any Layer] {
    [
      ZeroPad(names("zero_padding2d"), before: 1, after: 1),
      MaxPool(names("max_pooling2d"), 3, stride: 2),
    ]
  }

  /// The blocks of a stage, of which the first strides, but in the first stage, and projects.
  mutating func blocks(_ count: Int, filters: Int, isFirstStage: Bool) -> [any Layer] {
    (0..<count).flatMap { index in
      block(
        filters, stride: index == 0 && !isFirstStage ? 2 : 1, projects: index == 0)
    }
  }

  /// Figure 3 of the paper: the gate closes the body, before the sum.
  private mutating func block(_ filters: Int, stride: Int, projects: Bool) -> [any Layer] {
    let convolutions =
      network == .seResNet50
      ? convolution(1, filters / 4, stride: stride) + [relu()]
        + convolution(3, filters / 4) + [relu()] + convolution(1, filters)
      : convolution(1, filters / 2) + [relu()]
        + convolution(3, filters, stride: stride, groups: groups) + [relu()]
        + convolution(1, filters)
    let shortcut =
      projects
      ? convolution(network == .seNet154 && stride > 1 ? 3 : 1, filters, stride: stride) : []
    let gate = gate(filters)
    let sum = Residual(names("add"), order: .bodyFirst) {
      convolutions
      gate
    } shortcut: {
      shortcut
    }
    return [sum, relu()]
  }

  /// Figure 2: squeeze by the mean, excite by two convolutions of one cell.
  private mutating func gate(_ filters: Int) -> Gate {
    let layers: [any Layer] = [
      GlobalAveragePool(names("global_average_pooling2d")),
      OneCell(names("lambda")),
      Conv2D(names("conv2d"), 1, filters / 16),
      relu(),
      Conv2D(names("conv2d"), 1, filters),
      ActivationLayer(names("activation"), .sigmoid),
    ]
    return Gate(names("multiply")) { layers }
  }

  /// A convolution, padded on every side as far as it reaches, and its normalisation.
  private mutating func convolution(
    _ size: Int, _ filters: Int, stride: Int = 1, groups: Int = 1
  ) -> [any Layer] {
    let reach = size / 2
    let padding: [any Layer] =
      reach > 0 ? [ZeroPad(names("zero_padding2d"), before: reach, after: reach)] : []
    // Each group is cut out by a layer of its own.
    if groups > 1 { names("lambda", count: groups) }
    return padding + [
      Conv2D(
        names("conv2d", count: groups), Extent(size, size), filters, stride: stride,
        padding: .valid, groups: groups, bias: false),
      BatchNorm(names("batch_normalization"), epsilon: 1e-5),
    ]
  }

  private mutating func relu() -> ReLU { ReLU(names("activation")) }
}
