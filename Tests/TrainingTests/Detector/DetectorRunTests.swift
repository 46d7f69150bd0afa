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

@testable import Training

@Suite struct DetectorRunTests {
  private struct Crash: Error {}

  @Test("A run leaves a folder that says everything, and has a checkpoint before the first step")
  func folder() throws {
    let fixture = try DetectorFixture()
    let run = try fixture.created("run")
    func files() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: fixture.run("run")).sorted()
        .filter { !$0.contains("tfevents") }
    }
    let first = ["config.json", "data.json", "last.h5", "log.txt", "metrics.jsonl"]
    #expect(try files() == first)
    let start = try fixture.start(fixture.plan()).parameters
    for (name, values) in try fixture.parameters("\(fixture.run("run"))/last.h5") {
      #expect(start[name]?.floats == values, "\(name)")
    }
    var events: [String] = []
    let outcome = try run.train { event in
      switch event {
      case .entered(let phase): events.append("entered \(phase.phase.name)")
      case .proposing: events.append("proposing")
      case .step(let step): events.append("step \(step.step)")
      case .measuring(let done, let count): events.append("measuring \(done) of \(count)")
      case .measured(let measurement, _): events.append("measured \(measurement.epoch)")
      }
    }
    #expect(outcome == .finished)
    let measuring = (0...2).map { "measuring \($0) of 2" }
    // 5 images, 2 a step: the first epoch ends amid the third step.
    #expect(
      events == ["entered joint", "step 1", "step 2", "step 3"] + measuring + ["measured 1"]
        + ["step 4", "step 5"] + measuring + ["measured 2"])
    #expect(try files() == ["best.h5"] + first)
    let progress = try fixture.outcome("run").progress
    #expect(progress.step == 5 && progress.measuredEpochs == 2 && progress.best != nil)
    let metrics = try fixture.metrics("run")
    #expect(metrics.compactMap { $0["step"] as? Int } == [1, 2, 3, 3, 4, 5, 5])
    #expect(metrics.compactMap { $0["epoch"] as? Int } == [1, 2])
    let stored: DetectorSettings = try RunFolder.settings(in: fixture.run("run"))
    #expect(stored == fixture.settings)
  }

  @Test("A step's loss is the weighted sum of its losses, and its rate follows the schedule")
  func steps() throws {
    var fixture = try DetectorFixture()
    fixture.validation = nil
    fixture.settings.learning.lossWeights = DetectionLosses(
      proposalObjectness: 1, proposalBox: 2, regionClass: 0.5, regionBox: 3)
    (fixture.settings.epochs, fixture.settings.rate) = (4, 0.01)
    (fixture.settings.warmUp, fixture.settings.rateDrops) = (2, [0.5])
    var steps: [DetectorStep] = []
    try fixture.created("run").train { if case .step(let step) = $0 { steps.append(step) } }
    #expect(steps.map(\.step) == Array(1...10))
    for step in steps {
      let losses = step.losses
      let sum =
        losses.proposalObjectness + 2 * losses.proposalBox + 0.5 * losses.regionClass
        + 3 * losses.regionBox
      #expect(abs(step.loss - sum) < 1e-5 * sum)
      #expect(step.gradientNorm > 0)
    }
    #expect(steps[2].rate == 0.01 && steps[4].rate == 0.01)
    #expect(steps[0].rate < 0.01)
    #expect(steps.suffix(5).allSatisfy { abs($0.rate - 0.001) < 1e-8 })
    // Nothing to measure with: the last is the best.
    let best = try fixture.parameters("\(fixture.run("run"))/best.h5")
    #expect(try best == fixture.parameters("\(fixture.run("run"))/last.h5"))
  }

  @Test("What is frozen, and all statistics, keep every bit; the rest changes")
  func frozen() throws {
    var fixture = try DetectorFixture()
    fixture.settings.freeze = ["stem", "tail"]
    for (name, isChanged) in try fixture.changesOfTraining() {
      let isFixed = ["stem_", "tail_"].contains { name.hasPrefix($0) } || name.contains("/moving_")
      #expect(isChanged == !isFixed, "\(name)")
    }
  }

  @Test("Frozen normalisations keep scale and shift too, in all layers")
  func frozenNorms() throws {
    var fixture = try DetectorFixture()
    (fixture.settings.freeze, fixture.settings.batchNorm) = ([], .frozen)
    for (name, isChanged) in try fixture.changesOfTraining() {
      #expect(isChanged == !name.contains("_bn/"), "\(name)")
    }
  }

  @Test("Statistics of the batch move wherever a layer is not frozen, also without a scale")
  func batchStatistics() throws {
    var fixture = try DetectorFixture()
    fixture.settings.batchNorm = .batch
    for (name, isChanged) in try fixture.changesOfTraining() {
      #expect(isChanged == !name.hasPrefix("stem_"), "\(name)")
    }
  }

  @Test("Two runs of one seed are equal to the bit, of another seed they are not")
  func determinism() throws {
    var fixture = try DetectorFixture()
    for name in ["first", "second"] { try fixture.created(name).train() }
    #expect(try fixture.outcome("first") == fixture.outcome("second"))
    fixture.settings.seed = 12
    try fixture.created("third").train()
    #expect(try fixture.outcome("first").last != fixture.outcome("third").last)
  }

  @Test(
    "A run stopped wherever it can be, and resumed, is the undisturbed one to the bit",
    arguments: DetectorSchedule.allCases)
  func stopping(schedule: DetectorSchedule) throws {
    var fixture = try DetectorFixture()
    fixture.settings.schedule = schedule
    if schedule == .alternating { fixture.settings.stepEpochs = [1, 1, 1, 1] }
    try fixture.created("whole").train()
    let stops = try fixture.trainInPieces("parts")
    // After every step and amid every measurement; in two phases amid proposing too.
    #expect(stops >= (schedule == .alternating ? 30 : 12))
    #expect(try fixture.outcome("parts") == fixture.outcome("whole"))
    // What has come to its end has nothing left to do.
    #expect(try fixture.resumed("whole").train(queries: 0) == .finished)
    #expect(try fixture.outcome("parts") == fixture.outcome("whole"))
  }

  @Test(
    "A run that dies goes on from its last checkpoint, without traces of what was lost",
    arguments: [DetectorSchedule.joint, .alternating])
  func dying(schedule: DetectorSchedule) throws {
    var fixture = try DetectorFixture()
    fixture.settings.schedule = schedule
    if schedule == .alternating { fixture.settings.stepEpochs = [1, 1, 1, 1] }
    try fixture.created("whole").train()
    for lost in schedule == .joint ? [2, 4] : [4, 8, 12] {
      let name = "dead\(lost)"
      var run: DetectorRun? = try fixture.created(name, every: .steps(2))
      #expect(throws: Crash.self) {
        try run?.train { if case .step(let step) = $0, step.step == lost { throw Crash() } }
      }
      run = nil
      // What a killed process leaves behind, and half a line.
      for file in ["last.h5.1.2.part", "proposals2.h5.1.2.part", "first.h5.1.2.part"] {
        try Data("x".utf8).write(to: URL(filePath: "\(fixture.run(name))/\(file)"))
      }
      let metrics = try #require(
        FileHandle(forWritingAtPath: "\(fixture.run(name))/metrics.jsonl"))
      try metrics.seekToEnd()
      try metrics.write(contentsOf: Data("{\"step\":".utf8))
      try metrics.close()
      let resumed = try fixture.resumed(name)
      #expect(resumed.progress.step < lost)
      try resumed.train()
      #expect(try fixture.outcome(name) == fixture.outcome("whole"), "\(lost)")
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: fixture.run(name))
          .allSatisfy { !$0.hasSuffix(".part") })
    }
  }

  @Test("A resumed run may be longer and elsewhere, and nothing else")
  func changedSettings() throws {
    var fixture = try DetectorFixture()
    var run: DetectorRun? = try fixture.created("run")
    try run?.train(untilStep: 4)
    run = nil
    let original = fixture
    func refusal(_ change: (inout DetectorFixture) -> Void) throws -> String {
      var changed = original
      change(&changed)
      return try #require(throws: TrainingError.self) { _ = try changed.resumed("run") }
        .description
    }
    let folder = fixture.run("run")
    #expect(
      try refusal { $0.settings.batch = 3 }
        == "\(folder)/config.json: batch differs from the run's, expected 2, found 3; "
        + "leave it out, or start another run")
    #expect(
      try refusal { $0.settings.detector.anchors.sides = [8] }
        .contains("detector.anchors.sides differs from the run's, expected 8.0 16.0, found 8.0"))
    #expect(
      try refusal { $0.settings.learning.regionSampler.count = 9 }
        .contains("learning.region-sampler.count differs"))
    #expect(try refusal { $0.settings.schedule = .rpn }.contains("schedule differs"))
    #expect(try refusal { $0.settings.clipNorm = nil }.contains("expected 10.0, found none"))
    #expect(try refusal { $0.settings.epochs = 0 }.contains("setting epochs"))
    #expect(try refusal { $0.settings.epochs = 1 }.contains("more than have been trained"))

    let text = try refusal { $0.training.images[0].objects[0].box.x2 += 1 }
    #expect(
      text.hasPrefix("\(folder)/data.json: the data set has changed, expected 5 images with 8"))
    #expect(text.hasSuffix("restore it, or start another run"))
    #expect(try refusal { $0.training.images.swapAt(0, 1) }.contains("data set has changed"))
    #expect(try refusal { $0.training.images.removeLast() }.contains("found 4 images with 6"))
    #expect(try refusal { $0.training.classes = ["red", "green"] }.contains("red, green"))
    #expect(
      try refusal { $0.training.images[0].objects[0].isDifficult = true }
        .contains("data set has changed"))

    fixture.settings.epochs = 3
    (fixture.settings.data, fixture.settings.threads) = ("elsewhere", 1)
    try fixture.resumed("run").train()
    #expect(try fixture.outcome("run").progress.measuredEpochs == 3)
  }

  @Test("Where phases follow one another, a resumed run keeps those it has begun")
  func longerAlternating() throws {
    var fixture = try DetectorFixture()
    (fixture.settings.schedule, fixture.settings.epochs) = (.alternating, 4)
    fixture.validation = nil
    var run: DetectorRun? = try fixture.created("run")
    // Amid the second phase.
    try run?.train(untilStep: 4)
    run = nil
    let original = fixture.settings.epochs
    fixture.settings.epochs = 12
    let error = try #require(throws: TrainingError.self) { _ = try fixture.resumed("run") }
    #expect(error.description.contains("epochs differs from the run's, expected 4, found 12"))
    // The same four steps, and so the same run.
    fixture.settings.epochs = original
    _ = try fixture.resumed("run")
  }

  @Test(
    "A batch may be larger than all there is", arguments: [DetectorSchedule.joint, .alternating])
  func largeBatch(schedule: DetectorSchedule) throws {
    var fixture = try DetectorFixture()
    (fixture.settings.schedule, fixture.settings.batch) = (schedule, 7)
    fixture.settings.epochs = 4
    try fixture.created("whole").train()
    let outcome = try fixture.outcome("whole")
    // 20 images of 7, rounded up; or 5, four times.
    #expect(outcome.progress.step == (schedule == .joint ? 3 : 4))
    #expect(outcome.progress.measuredEpochs == 4)
    _ = try fixture.trainInPieces("parts")
    #expect(try fixture.outcome("parts") == outcome)
  }

  @Test("Images without objects train and are measured, though there is nothing to find")
  func nothingToFind() throws {
    var fixture = try DetectorFixture()
    for index in fixture.training.images.indices {
      fixture.training.images[index].objects = []
    }
    for index in 0..<2 { fixture.validation?.images[index].objects = [] }
    var measurements: [DetectorMeasurement] = []
    try fixture.created("run").train { event in
      if case .step(let step) = event {
        #expect(step.losses.proposalBox == 0 && step.losses.regionBox == 0 && step.loss > 0)
      }
      if case .measured(let measurement, let isBest) = event {
        #expect(isBest)
        measurements.append(measurement)
      }
    }
    #expect(measurements.map(\.epoch) == [1, 2])
    #expect(measurements.allSatisfy { $0.meanAveragePrecision == nil })
    #expect(try DetectorCheckpoint(of: fixture.run("run")).progress.best?.epoch == 2)
  }

  @Test("A folder with a run, or one that another process fills, is left alone")
  func occupied() throws {
    let fixture = try DetectorFixture()
    func refusal(_ body: () throws -> DetectorRun) throws -> String {
      try #require(throws: TrainingError.self) { _ = try body() }.description
    }
    let run = try fixture.created("run")
    #expect(try refusal { try fixture.created("run") }.contains("holds a run already"))
    #expect(try refusal { try fixture.resumed("run") }.contains("another process is training"))
    #expect(try refusal { try fixture.resumed("none") }.contains("found no last.h5"))
    try run.train(queries: 2)
  }

  @Test("A damaged checkpoint is refused, wherever it is cut")
  func damaged() throws {
    let fixture = try DetectorFixture()
    var run: DetectorRun? = try fixture.created("run")
    try run?.train(queries: 2)
    run = nil
    let path = "\(fixture.run("run"))/last.h5"
    let whole = try Data(contentsOf: URL(filePath: path))
    for part in [0, 100, whole.count / 3, whole.count / 2, whole.count - 9] {
      try whole.prefix(part).write(to: URL(filePath: path))
      #expect(throws: (any Error).self, "\(part)") { _ = try fixture.resumed("run") }
    }
    try whole.write(to: URL(filePath: path))
    for name in ["config.json", "data.json"] {
      let file = URL(filePath: "\(fixture.run("run"))/\(name)")
      let text = try Data(contentsOf: file)
      try text.dropLast(9).write(to: file)
      let error = try #require(throws: TrainingError.self) { _ = try fixture.resumed("run") }
      #expect(error.description.contains("\(name): cannot be understood"))
      try text.write(to: file)
    }
    try fixture.resumed("run").train()
  }

  @Test("Numbers that run away end the run, and the last checkpoint stays")
  func divergence() throws {
    var fixture = try DetectorFixture()
    (fixture.settings.rate, fixture.settings.clipNorm) = (1e18, nil)
    let run = try fixture.created("run")
    let error = try #require(throws: TrainingError.self) { try run.train() }
    #expect(error.description.contains("no longer a finite number"))
    #expect(
      try DetectorCheckpoint(contentsOf: "\(fixture.run("run"))/last.h5").progress.step == 0)
  }

  @Test("An image that is gone ends the run with its name")
  func missingImage() throws {
    let fixture = try DetectorFixture()
    let path = fixture.training.images[3].path
    try FileManager.default.removeItem(atPath: path)
    let run = try fixture.created("run")
    let error = try #require(throws: ImageError.self) { try run.train() }
    #expect("\(error)".contains(path))
  }

  @Test("The RPN alone is measured by its recall, and its heads stay as they were")
  func proposalsAlone() throws {
    var fixture = try DetectorFixture()
    fixture.settings.schedule = .rpn
    let run = try fixture.created("run")
    let path = "\(fixture.run("run"))/last.h5"
    let before = try fixture.parameters(path)
    var recalls: [Int: Double] = [:]
    try run.train { event in
      guard case .measured(let measurement, _) = event else { return }
      #expect(measurement.meanAveragePrecision == nil)
      for entry in measurement.recall { recalls[entry.proposals] = entry.recall }
    }
    #expect(recalls[300] != nil && recalls.values.allSatisfy { (0...1).contains($0) })
    let best = try #require(DetectorCheckpoint(of: fixture.run("run")).progress.best)
    #expect(best.proposalRecall != nil && best.meanAveragePrecision == nil)
    for (name, values) in try fixture.parameters(path) {
      let isFixed =
        ["stem_", "tail_", "class_", "box_"].contains { name.hasPrefix($0) }
        || name.contains("/moving_")
      #expect((before[name] == values) == isFixed, "\(name)")
    }
  }
}
