public import Datasets

/// What runs for each pooled region.
public enum RegionHead: String, Codable, CaseIterable, Sendable {
  /// The backbone's own region stages, such as ResNet's conv5 or VGG's fc1 and fc2.
  case backbone
  /// Two layers of 1024 units, both new.
  case twoLayer = "two-layer"
}

/// How a region of a map becomes cells of a fixed number.
public enum RegionPooling: String, Codable, CaseIterable, Sendable {
  /// The mean of interpolated points, without rounding: 2×2 for each cell.
  case align
  /// The greatest of the cells, after rounding, as in Fast R-CNN.
  case max
}

/// What a Faster R-CNN is besides its backbone and its classes.
///
/// Kept in the checkpoint. Sources of the numbers are the paper and py-faster-rcnn unless said
/// otherwise.
public struct FasterRCNNSettings: Hashable, Codable, Sendable {
  /// To which size images are brought: 600 pixels on the shorter side, at most 1000 on the longer.
  public var imageSize = ImageSizing(shorterSide: 600, longerSide: 1000)
  /// The anchors of a cell, of five sizes rather than the paper's three: from 32 pixels on, as in
  /// detectron2.
  public var anchors = AnchorShapes()
  /// The channels of the proposal network's own convolution; nil for half of the map's, at most 512.
  ///
  /// The paper has 256 for ZF and 512 for VGG, both as many as their maps. On MobileNet's 512 channels,
  /// 256 detect as well as 512 (BCCD, train to val) and take a fifth off a step.
  public var proposalChannels: Int?
  public var pooling = RegionPooling.align
  /// Into how many cells along each side a region is pooled; nil for what the backbone wants.
  public var pooledSide: Int?
  public var head = RegionHead.backbone
  /// Of an image to detect in.
  public var proposals = ProposalSelection.inference
  public var detections = DetectionSelection()

  public init() {}
}
