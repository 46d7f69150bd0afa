import Datasets
import Detection
import Foundation
import HDF5
import Importing
import KerasConverter
import Layers
import Tensors
import Testing
import TinyNetworks

@testable import Training

@Suite struct DetectorStartTests {
  private let fixture: DetectorFixture

  init() throws { fixture = try DetectorFixture() }

  /// Writes a detector of these classes, with random numbers in all of it.
  private func writeDetector(
    _ classes: [String], backbone: String = "tiny", alpha: Double? = nil,
    change: (inout FasterRCNNSettings) -> Void = { _ in }
  ) throws -> DetectorCheckpoint {
    var settings = fixture.settings.detector
    change(&settings)
    let architecture = try FasterRCNN(fixture.backbone, classes: classes, settings: settings)
    var parameters = Parameters()
    for (index, specification) in try architecture.outline().parameters.enumerated() {
      parameters[specification.name] = Tensor(
        shape: specification.shape,
        values: (0..<specification.count).map { Float(1000 * index + $0) })
    }
    let path = fixture.run("detector.h5")
    try DetectorCheckpoint.write(
      to: path, parameters: parameters, layers: try fixture.plan().kerasLayers,
      description: DetectorDescription(
        backbone: backbone, configuration: BackboneConfiguration(alpha: alpha),
        classes: classes,
        preprocessing: fixture.backbone.preprocessing, settings: settings),
      progress: RunProgress(), optimizerState: nil)
    return try DetectorCheckpoint(contentsOf: path)
  }

  private func start(
    _ checkpoint: DetectorCheckpoint, _ type: CheckpointType, classes: [String],
    remap: [String] = []
  ) throws -> DetectorStart {
    try DetectorStart(
      detector: checkpoint, type: type, of: fixture.architecture(classes: classes),
      backbone: ("tiny", BackboneConfiguration()), remap: remap, seed: 3)
  }

  private func isNew(_ name: String) -> Bool {
    FasterRCNN.newLayers.contains { name.hasPrefix("\($0)/") }
  }

  // MARK: Classification

  @Test("A classifier's file gives the image and the region stages, and nothing else")
  func classification() throws {
    let architecture = try fixture.architecture()
    let start = try DetectorStart(backbone: KerasFile(fixture.weights), of: architecture, seed: 3)
    let other = try DetectorStart(backbone: KerasFile(fixture.weights), of: architecture, seed: 4)
    let stored = try KerasFile(fixture.weights).parameters(
      needed: fixture.backbone.parameters(), known: fixture.backbone.parameters()
    ).parameters
    #expect(try start.parameters.names == architecture.outline().parameters.map(\.name))
    for (name, tensor) in start.parameters {
      if isNew(name) {
        let isKernel = name.hasSuffix("/kernel")
        #expect((tensor.floats != other.parameters[name]?.floats) == isKernel, "\(name)")
        #expect(isKernel || tensor.floats.allSatisfy { $0 == 0 }, "\(name)")
      } else {
        #expect(tensor.floats == stored[name]?.floats, "\(name)")
      }
    }
    // Small numbers, so that at first nothing is an object and no box changes.
    for (name, deviation) in [("rpn_conv", 0.01), ("class_logits", 0.01), ("box_deltas", 0.001)] {
      let numbers = try #require(start.parameters["\(name)/kernel"]).floats
      let spread = (numbers.reduce(0) { $0 + $1 * $1 } / Float(numbers.count)).squareRoot()
      #expect(abs(Double(spread) / deviation - 1) < 0.5, "\(name)")
    }
    #expect(start.report?.notNeeded == ["predictions/kernel", "predictions/bias"])
    #expect(start.transfer == nil)
    #expect(
      start.freshLayers == [
        "rpn_conv", "rpn_objectness", "rpn_box", "class_logits", "box_deltas",
      ])
    let reason = "a backbone has no such layers"
    func module(
      _ stage: String, _ restored: Int, _ fresh: Int, _ reason: String = ""
    ) -> DetectorStart.Module {
      var module = DetectorStart.Module(stage: stage)
      (module.restored, module.fresh, module.reason) = (restored, fresh, reason)
      return module
    }
    // rpn: 3×3×12×8 + 8, 8×2 + 2, 8×8 + 8; heads: 10×3 + 3, 10×8 + 8.
    #expect(
      start.modules == [
        module("stem", 216 + 32, 0), module("body", 72 + 32 + 96 + 12, 0),
        module("last", 1296 + 36, 0), module("rpn", 0, 872 + 18 + 72, reason),
        module("tail", 1080 + 40, 0), module("heads", 0, 33 + 88, reason),
      ])
  }

  @Test("Region stages that do not run are not needed")
  func twoLayerHead() throws {
    var fixture = fixture
    fixture.settings.detector.head = .twoLayer
    let start = try DetectorStart(
      backbone: KerasFile(fixture.weights), of: fixture.architecture(), seed: 3)
    #expect(start.modules.map(\.stage) == ["stem", "body", "last", "rpn", "heads"])
    #expect(start.report?.notNeeded.contains("tail_conv/kernel") == true)
    #expect(start.freshLayers.isSuperset(of: ["head_fc1", "head_fc2", "class_logits"]))
    #expect(start.parameters["tail_conv/kernel"] == nil)
  }

  @Test("Without a file everything is random, and nothing can be frozen")
  func withoutFile() throws {
    let start = try DetectorStart(backbone: nil, of: fixture.architecture(), seed: 3)
    #expect(start.modules.allSatisfy { $0.restored == 0 && $0.fresh > 0 })
    #expect(start.modules[0].reason == "no weights were given")
    #expect(start.modules[3].reason == "a backbone has no such layers")
    #expect(start.report == nil)
    let error = try #require(throws: TrainingError.self) {
      try start.check(fixture.plan().freezing)
    }
    #expect(error == .frozenUntrained(layer: "stem_bn"))
  }

  @Test("What a file may lack is random and cannot be frozen")
  func allowedMissing() throws {
    let graph = try Graph(fixture.backbone.stages, input: fixture.backbone.imageShape)
    let parameters = Initializer(seed: 1).parameters(of: graph)
    var kept = Parameters()
    for (name, tensor) in parameters where !name.hasPrefix("tail_bn") { kept[name] = tensor }
    let path = fixture.run("lacking.h5")
    try KerasWriter().write(kept, layers: graph.layers, to: path)
    let file = try KerasFile(path)
    #expect(throws: ImportError.self) {
      _ = try DetectorStart(backbone: file, of: fixture.architecture(), seed: 3)
    }
    let start = try DetectorStart(
      backbone: file, of: fixture.architecture(), allowing: .init(missing: ["tail_bn/*"]), seed: 3)
    let tail = try #require(start.modules.first { $0.stage == "tail" })
    #expect(tail.restored == 1080 && tail.fresh == 40)
    #expect(tail.reason == "they are allowed to be missing")
    #expect(start.freshLayers.contains("tail_bn") && !start.freshLayers.contains("tail_conv"))
  }

  @Test("The file of another network is refused with what differs")
  func otherNetwork() throws {
    var fixture = fixture
    fixture.backbone.channels = 14
    let error = try #require(throws: ImportError.self) {
      _ = try DetectorStart(
        backbone: KerasFile(fixture.weights), of: fixture.architecture(), seed: 3)
    }
    #expect("\(error)".contains("last_conv/kernel"))
  }

  @Test("A new layer of the detector cannot be frozen before it has learned anything")
  func frozenNew() throws {
    var fixture = fixture
    for (word, layer) in [("rpn", "rpn_box"), ("class_logits", "class_logits")] {
      fixture.settings.freeze = [word]
      let error = try #require(throws: TrainingError.self) { _ = try fixture.created("run") }
      #expect(error == .frozenUntrained(layer: layer))
      #expect(!FileManager.default.fileExists(atPath: fixture.run("run")))
    }
  }

  // MARK: Detection

  @Test("A detector's file gives everything but the rows of classes that it does not know")
  func detection() throws {
    let checkpoint = try writeDetector(["red", "green"])
    let stored = try checkpoint.parameters(
      fixture.architecture(classes: ["red", "green"]).outline().parameters)
    let start = try start(checkpoint, .detection, classes: ["blue", "green", "pink"])
    for (name, tensor) in start.parameters
    where !FasterRCNN.predictors.contains(where: { name.hasPrefix("\($0)/") }) {
      #expect(tensor.floats == stored[name]?.floats, "\(name)")
    }
    let (old, new) = (
      try #require(stored["class_logits/kernel"]).floats,
      try #require(start.parameters["class_logits/kernel"]).floats
    )
    for row in 0..<10 {
      #expect(new[4 * row] == old[3 * row])
      #expect(new[4 * row + 2] == old[3 * row + 2])
      #expect(abs(new[4 * row + 1]) < 0.1 && abs(new[4 * row + 3]) < 0.1)
    }
    let boxes = try #require(start.parameters["box_deltas/bias"]).floats
    let oldBoxes = try #require(stored["box_deltas/bias"]).floats
    #expect(boxes == [0, 0, 0, 0] + oldBoxes[4..<8] + [0, 0, 0, 0])
    #expect(start.report == nil && start.freshLayers.isEmpty)
    #expect(start.modules.dropLast().allSatisfy { $0.fresh == 0 && $0.reason.isEmpty })
    let heads = try #require(start.modules.last)
    // Of 11 × 4 and 11 × 12 numbers, two columns and four.
    #expect(heads.stage == "heads" && heads.restored == 22 + 44 && heads.fresh == 22 + 88)
    #expect(heads.reason == "carried over: green; new: blue, pink; no longer there: red")
  }

  @Test("A detector whose classes are all others gives new predictors, which cannot be frozen")
  func otherClasses() throws {
    let start = try start(writeDetector(["red", "green"]), .detection, classes: ["car"])
    #expect(start.freshLayers == ["class_logits", "box_deltas"])
    let heads = try #require(start.modules.last)
    #expect(heads.restored == 0 && heads.fresh == 22 + 44)
  }

  @Test("All of a detector is restored where its classes are the same, in whatever order")
  func full() throws {
    let checkpoint = try writeDetector(["red", "green"])
    let start = try start(checkpoint, .full, classes: ["green", "red"])
    #expect(start.modules.allSatisfy { $0.fresh == 0 } && start.freshLayers.isEmpty)
    let stored = try checkpoint.parameters(fixture.architecture().outline().parameters)
    let old = try #require(stored["class_logits/bias"]).floats
    #expect(start.parameters["class_logits/bias"]?.floats == [old[0], old[2], old[1]])
    let renamed = try self.start(
      checkpoint, .full, classes: ["green", "rose"], remap: ["red=rose"])
    #expect(renamed.modules.allSatisfy { $0.fresh == 0 })
  }

  @Test("All of a detector of other classes is refused with the way out")
  func fullOfOtherClasses() throws {
    let checkpoint = try writeDetector(["red", "green"])
    let error = try #require(throws: TrainingError.self) {
      _ = try start(checkpoint, .full, classes: ["red", "green", "blue"])
    }
    #expect(
      error.description
        == "\(checkpoint.path): has the classes red, green, expected red, green, blue; "
        + "with --checkpoint-type detection those of the same name are carried over")
  }

  @Test("A detector on another backbone, or of another shape, is refused")
  func otherDetector() throws {
    for (name, alpha) in [("other", nil), ("tiny", 0.5)] as [(String, Double?)] {
      let error = try #require(throws: TrainingError.self) {
        _ = try start(
          writeDetector(["red"], backbone: name, alpha: alpha), .detection, classes: ["red"])
      }
      let text = alpha.map { "\(name) with --alpha \($0)" } ?? name
      #expect(
        error.description.hasSuffix(
          "is a detector on \(text), expected tiny; choose that --backbone, "
            + "or weights of this one"))
    }
    #expect(throws: ImportError.self) {
      _ = try start(
        writeDetector(["red"]) { $0.proposalChannels = 9 }, .detection, classes: ["red"])
    }
  }

  // MARK: Files

  @Test("The backbone of a trained detector is a backbone's file, by its layers' names")
  func backboneOfDetector() throws {
    try fixture.created("run").train()
    let file = try KerasFile("\(fixture.run("run"))/best.h5")
    let architecture = try fixture.architecture(classes: ["car"])
    let start = try DetectorStart(backbone: file, of: architecture, seed: 3)
    #expect(try #require(start.report).unused.contains("rpn_conv/kernel"))
    let trained = try fixture.parameters(file.path)
    for (name, tensor) in start.parameters {
      #expect((tensor.floats == trained[name]) == !isNew(name) || name.hasSuffix("bias"), "\(name)")
    }
    #expect(file.layers.map(\.name).count == Set(file.layers.map(\.name)).count)
  }

  @Test("A detector's file says what it is, a classifier's that it is none")
  func checkpoints() throws {
    let checkpoint = try writeDetector(["red", "grün"], alpha: 0.25)
    #expect(checkpoint.description.classes == ["red", "grün"])
    #expect(checkpoint.description.settings == fixture.settings.detector)
    #expect(checkpoint.description.configuration.alpha == 0.25)
    let classifier = try #require(throws: TrainingError.self) {
      _ = try ClassifierCheckpoint(of: checkpoint.path)
    }
    #expect(classifier.description.contains("is no checkpoint of a classifier trained here"))
    let detector = try #require(throws: TrainingError.self) {
      _ = try DetectorCheckpoint(of: fixture.weights)
    }
    #expect(
      detector.description
        == "\(fixture.weights): is no checkpoint of a detector trained here; name the folder of "
        + "a run that trained one")
    let run = try RunFixture()
    let training = try run.created("run")
    _ = training
    #expect(
      try #require(throws: TrainingError.self) { _ = try DetectorCheckpoint(of: run.run("run")) }
        .description.contains("is no checkpoint of a detector"))
  }
}
