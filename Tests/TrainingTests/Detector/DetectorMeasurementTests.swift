import Boxes
import Datasets
import Detection
import Engine
import Evaluation
import Layers
import Tensors
import Testing

@testable import Training

@Suite struct DetectorMeasurementTests {
  /// A run on few images that are also those to measure with, long enough to learn them.
  private func learned(_ schedule: DetectorSchedule) throws -> DetectorFixture {
    var fixture = try DetectorFixture()
    fixture.validation = fixture.training
    fixture.settings.freeze = []
    fixture.settings.schedule = schedule
    fixture.settings.augmentation = DetectionAugmentation(mirrorShare: 0)
    (fixture.settings.epochs, fixture.settings.batch) = (12, 1)
    (fixture.settings.rate, fixture.settings.momentum) = (0.05, 0.9)
    return fixture
  }

  private func detector(_ fixture: DetectorFixture) throws -> (Detector, DetectorScore) {
    let checkpoint = try DetectorCheckpoint(of: fixture.run("run"))
    #expect(checkpoint.path.hasSuffix("best.h5"))
    let architecture = try FasterRCNN(
      fixture.backbone, classes: checkpoint.description.classes,
      settings: checkpoint.description.settings)
    let detector = try Detector(
      architecture, parameters: checkpoint.parameters(architecture.outline().parameters),
      precision: .float32)
    return (detector, try #require(checkpoint.progress.best))
  }

  @Test("A run learns, and its best checkpoint scores what its measurement says")
  func detections() throws {
    let fixture = try learned(.joint)
    var (losses, scores): ([Float], [Double]) = ([], [])
    try fixture.created("run").train { event in
      switch event {
      case .step(let step): losses.append(step.loss)
      case .measured(let measurement, let isBest):
        let score = try #require(measurement.meanAveragePrecision)
        #expect(isBest == scores.allSatisfy { $0 < score })
        #expect(measurement.classes.map(\.name) == ["red", "blue"] && measurement.recall.isEmpty)
        scores.append(score)
      default: break
      }
    }
    #expect(losses.suffix(10).reduce(0, +) < losses.prefix(10).reduce(0, +))
    let (detector, best) = try detector(fixture)
    #expect(best.meanAveragePrecision == scores.max())
    #expect(try #require(scores.max()) > 0.1)
    let found = try fixture.training.images.map { try detector(Image(contentsOf: $0.path)) }
    let evaluation = try VOCEvaluation(dataset: fixture.training, detections: found)
    #expect(evaluation.meanAveragePrecision == best.meanAveragePrecision)
  }

  @Test("The recall of the RPN is that of its proposals in the images")
  func recall() throws {
    let fixture = try learned(.rpn)
    try fixture.created("run").train()
    let (detector, best) = try detector(fixture)
    let proposals = try fixture.training.images.map {
      try detector.proposals(
        on: CanvasImage(Image(contentsOf: $0.path), for: detector.architecture),
        selecting: fixture.settings.learning.proposals)
    }
    let recall = try ProposalRecall(images: fixture.training.images, proposals: proposals)
    let deciding = try #require(recall.entries.first { $0.proposals == 300 })
    #expect(best.proposalRecall == deciding.recall)
    #expect(try #require(best.proposalRecall) > 0.2)
  }

  @Test("A part of a detector can be frozen once it has learned, and the rest goes on")
  func goingOn() throws {
    var fixture = try DetectorFixture()
    try fixture.created("run").train()
    let checkpoint = try DetectorCheckpoint(of: fixture.run("run"))
    fixture.settings.freeze = ["stem", "rpn"]
    fixture.settings.checkpointType = .detection
    fixture.training.classes = ["blue", "green"]
    fixture.validation?.classes = ["blue", "green"]
    let plan = try fixture.plan()
    let start = try DetectorStart(
      detector: checkpoint, type: .detection, of: plan.architecture,
      backbone: ("tiny", BackboneConfiguration()),
      remap: [], seed: 4)
    try DetectorRun(
      creating: fixture.run("next"), plan, from: start, checkpointInterval: .seconds(1000)
    ).train()
    let after = try fixture.parameters("\(fixture.run("next"))/last.h5")
    for (name, tensor) in start.parameters {
      let isFixed =
        ["stem_", "rpn_"].contains { name.hasPrefix($0) } || name.contains("/moving_")
      #expect((after[name] == tensor.floats) == isFixed, "\(name)")
    }
  }
}
