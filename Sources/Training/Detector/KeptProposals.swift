internal import Boxes
internal import Datasets
internal import Detection
internal import Engine
internal import HDF5
internal import Tensors

/// Proposals of every training image, made beforehand for the phases that train on regions.
///
/// In pixels of the original images: where an image is resized or mirrored, so are they, as in
/// py-faster-rcnn.
struct KeptProposals: Sendable {
  private let boxes: [[Box]]

  subscript(image: Int) -> [Box] { boxes[image] }

  /// Proposes regions in every image.
  ///
  /// - Parameters:
  ///   - detector: The network as it is.
  ///   - dataset: The images.
  ///   - selection: How many of an image.
  ///   - threadCount: How many images are decoded at a time.
  ///   - isWanted: Called with the number of images done; false gives up.
  /// - Returns: The proposals; nil if given up.
  /// - Throws: `ImageError` if an image cannot be read; what `isWanted` throws.
  static func made(
    by detector: Detector, of dataset: DetectionDataset, selecting selection: ProposalSelection,
    threadCount: Int, whileWanted isWanted: (Int) throws -> Bool
  ) throws -> KeptProposals? {
    let canvases = detector.architecture.canvases(
      of: dataset.images.map(\.path), threadCount: threadCount)
    var boxes: [[Box]] = []
    while try isWanted(boxes.count), let canvas = try canvases.next() {
      boxes.append(try detector.proposals(on: canvas, selecting: selection))
    }
    return boxes.count == dataset.images.count ? KeptProposals(boxes: boxes) : nil
  }

  /// Writes the proposals, whole or not at all.
  ///
  /// - Throws: `FileError` if the file cannot be written.
  func write(to path: String) throws {
    let counts = boxes.map { Float($0.count) }
    let edges = boxes.joined().flatMap { [$0.x1, $0.y1, $0.x2, $0.y2] }
    try HDF5File.write(to: path) { file throws(HDF5Error) in
      try file.write(Tensor(shape: [counts.count], values: counts), at: "/counts")
      try file.write(Tensor(shape: [edges.count / 4, 4], values: edges), at: "/boxes")
    }
  }

  /// Reads what ``write(to:)`` wrote.
  ///
  /// - Throws: `HDF5Error` if it cannot be read; ``TrainingError/run(path:reason:)`` if it is not of so
  ///   many images.
  init(contentsOf path: String, imageCount: Int) throws {
    let file = try HDF5File(reading: path)
    let counts = try file.read("/counts").floats.map { Int(exactly: $0) ?? -1 }
    let edges = try file.read("/boxes").floats
    guard counts.count == imageCount, counts.allSatisfy({ 0...edges.count ~= $0 }),
      edges.count == 4 * counts.reduce(0, +)
    else {
      throw TrainingError.run(
        path: path,
        reason: "holds the proposals of \(counts.count) images, expected \(imageCount); "
          + "restore the file, or start another run")
    }
    var boxes: [[Box]] = []
    var start = 0
    for count in counts {
      boxes.append(
        (start..<start + count).map { index in
          let edges = Array(edges[4 * index..<4 * index + 4])
          return Box(x1: edges[0], y1: edges[1], x2: edges[2], y2: edges[3])
        })
      start += count
    }
    self.boxes = boxes
  }

  private init(boxes: [[Box]]) { self.boxes = boxes }
}
