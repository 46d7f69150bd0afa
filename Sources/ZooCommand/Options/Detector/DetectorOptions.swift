public import ArgumentParser
import Datasets
public import Detection
import Training

/// What the detector is, besides its backbone.
struct DetectorOptions: ParsableArguments {
  @Option(help: "The image's shorter side as the network sees it, in pixels (default: 600).")
  var size: Int?

  @Option(help: "The most pixels of the longer side (default: 1000).")
  var maxSize: Int?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "The anchors' sides in pixels (default: 32 64 128 256 512).", valueName: "PIXELS"))
  var anchorSides: [Float] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "The anchors' heights by their widths (default: 0.5 1 2).", valueName: "RATIO"))
  var anchorRatios: [Float] = []

  @Option(
    help: ArgumentHelp(
      "The channels of the proposal network's convolution (default: half of the map's, at most 512).",
      valueName: "N"))
  var proposalChannels: Int?

  @Option(
    help: ArgumentHelp(
      "What runs for each region: the backbone's own stages, or two new layers of 1024 units "
        + "(default: backbone).", valueName: "backbone|two-layer"))
  var head: RegionHead?

  @Option(
    help: ArgumentHelp(
      "How regions are pooled: as means of interpolated points, or as maxima of whole cells "
        + "(default: align).", valueName: "align|max"))
  var roi: RegionPooling?

  func validate() throws {
    if let proposalChannels, !(1...4096 ~= proposalChannels) {
      throw ValidationError("--proposal-channels: expected 1 to 4096, found \(proposalChannels)")
    }
    for (name, numbers) in [("anchor-sides", anchorSides), ("anchor-ratios", anchorRatios)] {
      guard numbers.allSatisfy({ $0 > 0 && $0.isFinite }), numbers.count <= 64 else {
        throw ValidationError("--\(name): expected at most 64 numbers above 0")
      }
    }
  }

  func apply(to settings: inout DetectorSettings) {
    if let size { settings.detector.imageSize.shorterSide = size }
    if let maxSize { settings.detector.imageSize.longerSide = maxSize }
    if !anchorSides.isEmpty { settings.detector.anchors.sides = anchorSides }
    if !anchorRatios.isEmpty { settings.detector.anchors.ratios = anchorRatios }
    if let proposalChannels { settings.detector.proposalChannels = proposalChannels }
    if let head { settings.detector.head = head }
    if let roi { settings.detector.pooling = roi }
  }
}

extension RegionHead: ExpressibleByArgument {}
extension RegionPooling: ExpressibleByArgument {}
