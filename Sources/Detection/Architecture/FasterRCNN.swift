public import Layers

/// Faster R-CNN over any backbone: an architecture as a value, without weights.
///
/// Ren et al., [Faster R-CNN: Towards Real-Time Object Detection with Region Proposal
/// Networks](https://arxiv.org/abs/1506.01497). The backbone's image stages run once; on their last
/// map the region proposal network says where something is. Regions are pooled from the same map;
/// the region stages and the heads say what it is and where exactly.
///
/// Both networks are lists of stages. The new ones are called `rpn` and `heads`.
public struct FasterRCNN: Sendable {
  public let extractor: any FeatureExtractor
  /// The classes' names; the background is none of them.
  public let classes: [String]
  public let settings: FasterRCNNSettings
  /// The map that proposals are made of and regions are pooled from.
  public let featureMap: FeatureMap
  private let hasRegionMap: Bool

  /// Puts a detector on a backbone.
  ///
  /// - Parameters:
  ///   - extractor: The backbone.
  ///   - classes: The classes' names, at least one.
  ///   - settings: All else.
  /// - Throws: `GraphError` if the backbone's layers do not fit one another or pooled regions.
  /// - Precondition: The backbone has image stages.
  public init(
    _ extractor: any FeatureExtractor, classes: [String], settings: FasterRCNNSettings = .init()
  ) throws(GraphError) {
    (self.extractor, self.classes, self.settings) = (extractor, classes, settings)
    guard let map = try extractor.featureMaps().last else {
      preconditionFailure("a backbone without image stages has no map to propose regions on")
    }
    featureMap = map
    let side = settings.pooledSide ?? extractor.regionSide
    let stages = settings.head == .backbone ? extractor.regionStages : []
    let region = try Graph(stages, input: [1, side, side, map.channels])
    hasRegionMap = region[region.output].shape.count == 4
  }

  /// The layers that run once for an image: the backbone's and the region proposal network.
  public var imageStages: [Stage] { extractor.imageStages + [proposalStage] }

  /// The layers that run for each pooled region, and the heads.
  public var regionStages: [Stage] {
    (settings.head == .backbone ? extractor.regionStages : []) + [headStage]
  }

  /// The shape of pooled regions, the input of ``regionStages``.
  public func regionShape(count: Int) -> [Int] {
    [count, pooledSide, pooledSide, featureMap.channels]
  }

  /// Into how many cells along each side a region is pooled.
  var pooledSide: Int { settings.pooledSide ?? extractor.regionSide }

  /// The layers whose outputs are wanted of an image.
  enum Endpoint {
    static let objectness = "rpn_objectness"
    static let proposalDeltas = "rpn_box"
    static let classes = "class_logits"
    static let boxDeltas = "box_deltas"
  }

  /// The names of the layers that tell classes apart.
  public static let predictors = [Endpoint.classes, Endpoint.boxDeltas]

  /// The names of all layers that a backbone does not have, if they are there.
  public static let newLayers =
    ["rpn_conv", Endpoint.objectness, Endpoint.proposalDeltas, "head_fc1", "head_fc2"] + predictors

  /// Section 3.1: a 3×3 convolution, then for each anchor whether it is an object and how its box
  /// differs.
  private var proposalStage: Stage {
    Stage("rpn") {
      Conv2D("rpn_conv", 3, proposalChannels, activation: .relu)
      Branches(
        [Conv2D(Endpoint.objectness, 1, settings.anchors.count)],
        [Conv2D(Endpoint.proposalDeltas, 1, 4 * settings.anchors.count)])
    }
  }

  private var proposalChannels: Int {
    settings.proposalChannels ?? max(1, min(512, featureMap.channels / 2))
  }

  /// Girshick, [Fast R-CNN](https://arxiv.org/abs/1504.08083), section 2.1: a probability for each
  /// class and the background, which comes first, and a box for each class.
  private var headStage: Stage {
    Stage("heads") {
      if settings.head == .twoLayer {
        Flatten("head_flatten")
        Dense("head_fc1", 1024, activation: .relu)
        Dense("head_fc2", 1024, activation: .relu)
      } else if hasRegionMap {
        GlobalAveragePool("head_pool")
      }
      Branches(
        [Dense(Endpoint.classes, classes.count + 1)],
        [Dense(Endpoint.boxDeltas, 4 * classes.count)])
    }
  }
}
