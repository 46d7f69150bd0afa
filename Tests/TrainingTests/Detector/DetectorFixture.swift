import Boxes
import Datasets
import Detection
import Engine
import Foundation
import Importing
import KerasConverter
import Layers
import Tensors
import Testing
import TinyNetworks

@testable import Training

/// A folder with images and their objects, a backbone's weights, and room for runs on both.
struct DetectorFixture {
  let folder: TemporaryFolder
  var settings: DetectorSettings
  var training: DetectionDataset
  var validation: DetectionDataset?
  var backbone = TinyBackbone()
  var weights: String { "\(folder.path)/weights.h5" }

  init() throws {
    folder = try TemporaryFolder()
    settings = Self.settings
    training = try Self.dataset(in: folder.path, "train", count: 5)
    validation = try Self.dataset(in: folder.path, "val", count: 2)
    try Self.writeWeights(to: weights)
  }

  private static var settings: DetectorSettings {
    var settings = DetectorSettings(
      backbone: "tiny", data: "data", split: "train", precision: .float32,
      threads: ComputeThread.shared.threadLimit)
    (settings.epochs, settings.batch, settings.rate, settings.seed) = (2, 2, 0.02, 11)
    (settings.warmUp, settings.freeze) = (2, ["stem"])
    settings.augmentation.scaleJitter = 0.9...1.2
    settings.detector.imageSize = ImageSizing(shorterSide: 32, longerSide: 64)
    settings.detector.anchors = AnchorShapes(sides: [8, 16], ratios: [1])
    (settings.detector.proposalChannels, settings.detector.pooledSide) = (8, 2)
    settings.detector.proposals = ProposalSelection(candidates: 50, count: 8)
    settings.learning.proposals = ProposalSelection(candidates: 50, count: 10)
    settings.learning.anchorSampler = BalancedSampler(count: 12, positiveShare: 0.5)
    settings.learning.regionSampler = BalancedSampler(count: 8, positiveShare: 0.5)
    return settings
  }

  /// Boxes of two colours on noise; the second image has none.
  private static func dataset(
    in folder: String, _ split: String, count: Int
  ) throws -> DetectionDataset {
    let images = try (0..<count).map { index in
      var generator = SeededGenerator(seed: 1, for: split, index)
      let (width, height) = (32 + 6 * (index % 3), 40 - 4 * (index % 2))
      var pixels = (0..<3 * width * height).map { _ in UInt8(100 + generator.index(below: 50)) }
      let objects = (0..<(index == 1 ? 0 : 2)).map { label in
        let (x, y) = (2 + 16 * label + index, 3 + 12 * label)
        for row in y..<y + 14 {
          for column in x..<min(x + 12, width) {
            pixels[3 * (row * width + column) + 2 * label] = 250
          }
        }
        return AnnotatedObject(
          label: label,
          box: Box(
            x1: Float(x), y1: Float(y), x2: Float(min(x + 12, width)), y2: Float(y + 14)))
      }
      let path = "\(folder)/\(split)\(index).png"
      try Image(width: width, height: height, pixels: pixels).write(to: path)
      return AnnotatedImage(
        name: "\(split)\(index)", path: path, width: width, height: height, objects: objects)
    }
    return DetectionDataset(classes: ["red", "blue"], images: images)
  }

  /// A classifier's weights, with statistics unlike those that a normalisation starts with.
  private static func writeWeights(to path: String) throws {
    let backbone = TinyBackbone()
    let graph = try Graph(backbone.stages, input: backbone.imageShape)
    var parameters = Initializer(seed: 1).parameters(of: graph)
    for name in parameters.names where name.contains("/moving_") {
      let shape = try #require(parameters[name]).shape
      let first: Float = name.hasSuffix("mean") ? -0.1 : 0.8
      parameters[name] = Tensor(
        shape: shape, values: (0..<shape[0]).map { first + 0.05 * Float($0 % 5) })
    }
    try KerasWriter().write(parameters, layers: graph.layers, to: path)
  }

  func run(_ name: String) -> String { "\(folder.path)/\(name)" }

  func architecture(classes: [String]? = nil) throws -> FasterRCNN {
    try FasterRCNN(
      backbone, classes: classes ?? training.classes, settings: settings.detector)
  }

  func plan() throws -> DetectorPlan {
    try DetectorPlan(settings, training: training, validation: validation, extractor: backbone)
  }

  func start(_ plan: DetectorPlan) throws -> DetectorStart {
    try DetectorStart(backbone: KerasFile(weights), of: plan.architecture, seed: settings.seed)
  }

  func created(
    _ name: String, every interval: CheckpointInterval = .seconds(1000)
  ) throws -> DetectorRun {
    let plan = try plan()
    return try DetectorRun(
      creating: run(name), plan, from: start(plan), checkpointInterval: interval)
  }

  func resumed(_ name: String) throws -> DetectorRun {
    try DetectorRun(
      resuming: StoppedDetectorRun(run(name)), plan(), checkpointInterval: .seconds(1000))
  }

  /// Trains to the end, stopping and resuming as often as it can be done, also amid proposing and
  /// measuring.
  ///
  /// - Returns: How often the run was stopped.
  func trainInPieces(_ name: String) throws -> Int {
    var run: DetectorRun? = try created(name)
    var (stops, limit) = (0, 0)
    var lastProgress: RunProgress<DetectorScore>?
    while try run?.train(queries: limit) == .stopped {
      let progress = run?.progress
      // Two runs cannot have one folder open.
      run = nil
      run = try resumed(name)
      #expect(run?.progress == progress)
      let checkpoint = try DetectorCheckpoint(contentsOf: "\(self.run(name))/last.h5")
      #expect(checkpoint.progress == progress)
      limit = lastProgress == progress ? limit + 1 : 1
      lastProgress = progress
      stops += 1
    }
    return stops
  }

  /// The parameters of a checkpoint by their names.
  func parameters(_ path: String) throws -> [String: [Float]] {
    try DetectorCheckpoint(contentsOf: path).parameters(architecture().outline().parameters)
      .reduce(into: [:]) { $0[$1.name] = $1.tensor.floats }
  }

  /// Trains a run from its beginning to its end.
  ///
  /// - Returns: Whether each parameter is another than before, be it by a bit.
  func changesOfTraining() throws -> [(name: String, isChanged: Bool)] {
    let run = try created("run")
    let path = "\(self.run("run"))/last.h5"
    let before = try parameters(path)
    try run.train()
    let after = try parameters(path)
    #expect(before.keys.sorted() == after.keys.sorted())
    return before.map { ($0.key, after[$0.key] != $0.value) }
  }

  /// Everything that a run leaves and that does not tell the time.
  struct Outcome: Equatable {
    var last: [String: [Float]] = [:]
    var best: [String: [Float]] = [:]
    var progress = RunProgress<DetectorScore>()
    var metrics: [String] = []
  }

  func outcome(_ name: String) throws -> Outcome {
    let run = run(name)
    return Outcome(
      last: try tensors(in: "\(run)/last.h5"), best: try tensors(in: "\(run)/best.h5"),
      progress: try DetectorCheckpoint(contentsOf: "\(run)/last.h5").progress,
      metrics: try metrics(name).map { line in
        let object = line.filter { $0.key != "images_per_second" }
        return String(
          decoding: try JSONSerialization.data(withJSONObject: object, options: .sortedKeys),
          as: UTF8.self)
      })
  }

  func metrics(_ name: String) throws -> [[String: Any]] {
    let text = try String(contentsOfFile: "\(run(name))/metrics.jsonl", encoding: .utf8)
    return try text.split(separator: "\n").map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }
}

extension DetectorRun {
  /// Trains until so many steps have been done.
  func train(untilStep step: Int) throws {
    let outcome = try train(whileWanted: { progress.step < step }, report: { _ in })
    #expect(outcome == .stopped)
  }

  /// Trains to the end, or until it has been asked so many times whether to go on.
  @discardableResult
  func train(
    queries limit: Int = .max, report: (Event) throws -> Void = { _ in }
  ) throws -> RunOutcome {
    var count = 0
    return try train(
      whileWanted: {
        count += 1
        return count <= limit
      }, report: report)
  }
}
