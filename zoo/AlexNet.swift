public import Layers

/// The first deep network to win ImageNet's competition, and the one of R-CNN.
///
/// After section 3.5 and figure 2 of Krizhevsky et al., [ImageNet Classification with Deep
/// Convolutional Neural
/// Networks](https://papers.nips.cc/paper/4824-imagenet-classification-with-deep-convolutional-neural-networks),
/// in the form of Caffe's reference network (CaffeNet), which Girshick et al. fine-tuned in [Rich
/// Feature Hierarchies for Accurate Object Detection and Semantic
/// Segmentation](https://arxiv.org/abs/1311.2524). Where the two differ, this is Caffe's: pooling comes
/// before the normalisation, which then has a quarter of the work; the normalisation adds 1, not 2, to
/// the sum of squares, times 10⁻⁴ / 5; images have 227 pixels, for 224 do not fit the first
/// convolution. Parameters have the same names and shapes either way. Poolings cover no incomplete
/// window; Caffe's do, which makes no difference at 227 pixels.
///
/// The paper's network was cut in two for two processors: its second, fourth and fifth convolutions
/// still see only their half of the channels.
///
/// | stage | stride | filters | convolutions      |
/// |-------|-------:|--------:|-------------------|
/// | conv1 |      4 |      96 | 11×11, stride 4   |
/// | conv2 |      8 |     256 | 5×5               |
/// | conv5 |     16 |     256 | 3×3, three times  |
///
/// In a detector regions are proposed on `conv5` and pooled from it, to 6×6, in place of the last
/// pooling, as Fast R-CNN does with this network, so `fc6` and `fc7` keep their ImageNet weights and run
/// for each region.
public struct AlexNet: FeatureExtractor {
  private let filters: [Int]
  private let units: Int
  private let classes: Int

  /// Makes the network.
  ///
  /// - Parameter classes: How many classes the classifier tells apart; ImageNet has 1000.
  public init(classes: Int = 1000) {
    self.init(filters: [96, 256, 384, 384, 256], units: 4096, classes: classes)
  }

  /// Makes a network of other proportions: five convolutions, all but the first of an even number of
  /// filters, and `units` in either hidden layer.
  package init(filters: [Int], units: Int, classes: Int) {
    (self.filters, self.units, self.classes) = (filters, units, classes)
  }

  public var preprocessing: Preprocessing { .caffe(imageSide: 227) }

  public var imageStages: [Stage] {
    [
      Stage("conv1") {
        Conv2D("conv1", 11, filters[0], stride: 4, padding: .valid, activation: .relu)
      },
      Stage("conv2") {
        MaxPool("pool1", 3, stride: 2)
        norm("norm1")
        Conv2D("conv2", 5, filters[1], groups: 2, activation: .relu)
      },
      Stage("conv5") {
        MaxPool("pool2", 3, stride: 2)
        norm("norm2")
        Conv2D("conv3", 3, filters[2], activation: .relu)
        Conv2D("conv4", 3, filters[3], groups: 2, activation: .relu)
        Conv2D("conv5", 3, filters[4], groups: 2, activation: .relu)
      },
    ]
  }

  public var bridge: Stage {
    Stage("pool") { MaxPool("pool5", 3, stride: 2) }
  }

  public var regionStages: [Stage] {
    [
      Stage("fc") {
        Flatten("flatten")
        Dense("fc6", units, activation: .relu)
        Dropout("drop6", rate: 0.5)
        Dense("fc7", units, activation: .relu)
        Dropout("drop7", rate: 0.5)
      }
    ]
  }

  public var classifier: Stage {
    Stage("classifier") { Dense("fc8", classes, activation: .softmax) }
  }

  /// What `pool5` leaves of a whole image.
  public var regionSide: Int { 6 }

  /// Section 3.3, with Caffe's numbers: two channels to either side count.
  private func norm(_ name: String) -> LocalResponseNorm {
    LocalResponseNorm(name, radius: 2, bias: 1, alpha: 1e-4 / 5, beta: 0.75)
  }
}
