import Datasets
import Engine
import Foundation
import HDF5
import Importing
import KerasConverter
import Layers
import Tensors
import Testing

@testable import Training

/// A folder with pictures, weights, and room for runs on both.
struct RunFixture {
  let folder: TemporaryFolder
  var settings: ClassifierSettings
  private var weights: String { "\(folder.path)/weights.h5" }

  init() throws {
    folder = try TemporaryFolder()
    try writePictures(to: "\(folder.path)/data", count: 10)
    settings = ClassifierSettings(
      backbone: "tiny", data: "\(folder.path)/data", side: 12, precision: .float32,
      threads: ComputeThread.shared.threadLimit)
    (settings.epochs, settings.batch, settings.rate, settings.seed) = (3, 5, 0.02, 11)
    settings.freeze = ["stem"]
    // Statistics unlike those that a normalisation starts with.
    let network = TinyNetwork(classes: 7)
    let graph = try Graph(network.stages, input: network.imageShape)
    var parameters = Initializer(seed: 1).parameters(of: graph)
    parameters["stem_bn/moving_mean"] = Tensor(shape: [6], values: [0, 0.1, -0.1, 0.2, 0.3, 0])
    parameters["stem_bn/moving_variance"] = Tensor(shape: [6], values: [1, 2, 0.5, 1, 1, 3])
    try KerasWriter().write(parameters, layers: graph.layers, to: weights)
  }

  func run(_ name: String) -> String { "\(folder.path)/\(name)" }

  func plan(data: ImageFolder? = nil) throws -> ClassifierPlan {
    let data =
      try data
      ?? ImageFolder(settings.data, validationShare: settings.valFraction, seed: settings.seed)
    return try ClassifierPlan(
      settings, data: data, extractor: TinyNetwork(classes: data.classes.count))
  }

  func start(_ plan: ClassifierPlan) throws -> StartingPoint {
    try StartingPoint(restoring: KerasFile(weights), into: plan.graph, seed: settings.seed)
  }

  func created(
    _ name: String, every interval: CheckpointInterval = .seconds(1000)
  ) throws -> ClassifierRun {
    let plan = try plan()
    return try ClassifierRun(
      creating: run(name), plan, from: start(plan), checkpointInterval: interval)
  }

  func resumed(_ name: String) throws -> ClassifierRun {
    let stopped = try StoppedClassifierRun(run(name))
    var data = stopped.data
    data.path = settings.data
    return try ClassifierRun(
      resuming: stopped, plan(data: data), checkpointInterval: .seconds(1000))
  }

  /// Everything that a run leaves and that does not tell the time.
  struct Outcome: Equatable {
    var tensors: [String: [Float]] = [:]
    var progress = RunProgress<ClassifierScore>()
    var metrics: [[String: Double]] = []
  }

  func outcome(_ name: String, of checkpoint: String = "last.h5") throws -> Outcome {
    let path = "\(run(name))/\(checkpoint)"
    var outcome = Outcome()
    outcome.tensors = try tensors(in: path)
    outcome.progress = try ClassifierCheckpoint(contentsOf: path).progress
    let lines = try String(contentsOfFile: "\(run(name))/metrics.jsonl", encoding: .utf8)
    outcome.metrics = try lines.split(separator: "\n").map {
      var line = try JSONDecoder().decode([String: Double].self, from: Data($0.utf8))
      line["images_per_second"] = nil
      return line
    }
    return outcome
  }
}

extension ClassifierRun {
  /// Trains to the end, or until so many steps and measurements have been done.
  @discardableResult
  func train(events limit: Int = .max) throws -> RunOutcome {
    var count = 0
    return try train(whileWanted: { count < limit }) { event in
      if case .measuring = event { return }
      count += 1
    }
  }
}

/// Every tensor of a file by its path.
func tensors(in path: String) throws -> [String: [Float]] {
  let file = try HDF5File(reading: path)
  var tensors: [String: [Float]] = [:]
  func collect(_ group: String) throws {
    for child in try file.children(of: group) {
      let path = "\(group)/\(child)"
      if try file.kind(of: path) == .group {
        try collect(path)
      } else {
        tensors[path] = try file.read(path).floats
      }
    }
  }
  try collect("")
  return tensors
}
