import Datasets
import Engine
import Foundation
import Importing
import KerasConverter
import Layers
import Tensors
import Testing

@testable import Training

@Suite struct ClassifierRunTests {
  private struct Crash: Error {}

  @Test("A run learns, and leaves a folder that says everything")
  func learning() throws {
    var fixture = try RunFixture()
    (fixture.settings.epochs, fixture.settings.rate) = (12, 0.3)
    let run = try fixture.created("run")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: fixture.run("run")).sorted()
        == [
          "config.json", "data.json", "events.out.tfevents.zoo", "last.h5", "log.txt",
          "metrics.jsonl",
        ])
    #expect(try fixture.outcome("run").progress.step == 0)
    #expect(try run.train() == .finished)
    let outcome = try fixture.outcome("run")
    // 24 pictures to train on, 5 a step: no step is shorter, none is missing.
    #expect(outcome.progress.step == 58)
    #expect(outcome.progress.measuredEpochs == 12)
    let steps = outcome.metrics.filter { $0["loss"] != nil }
    let measurements = outcome.metrics.filter { $0["epoch"] != nil }
    #expect(steps.compactMap { $0["step"] } == (1...58).map(Double.init))
    #expect(measurements.compactMap { $0["epoch"] } == (1...12).map(Double.init))
    #expect(try #require(outcome.progress.best?.accuracy) > 0.8)
    #expect(try #require(steps.last?["loss"]) < #require(steps.first?["loss"]))
    let stored: ClassifierSettings = try RunFolder.settings(in: fixture.run("run"))
    #expect(stored == fixture.settings)
  }

  @Test("What is frozen, and all statistics, keep every bit; the rest changes")
  func frozen() throws {
    let fixture = try RunFixture()
    let run = try fixture.created("run")
    let before = try fixture.outcome("run").tensors
    try run.train()
    let after = try fixture.outcome("run").tensors
    #expect(before.keys.sorted() == after.keys.sorted())
    for (path, values) in before where !path.hasPrefix("/zoo") {
      let isFixed = path.hasPrefix("/stem") || path.contains("/moving_")
      #expect((after[path] == values) == isFixed, "\(path)")
    }
  }

  @Test("Statistics of the batch move, in training from scratch")
  func fromScratch() throws {
    var fixture = try RunFixture()
    (fixture.settings.freeze, fixture.settings.batchNorm) = ([], .batch)
    let plan = try fixture.plan()
    let start = try StartingPoint(restoring: nil, into: plan.graph, seed: 1)
    #expect(start.fresh.count == plan.outline.parameters.count)
    let run = try ClassifierRun(
      creating: fixture.run("run"), plan, from: start, checkpointInterval: .steps(1))
    let before = try fixture.outcome("run").tensors
    try run.train()
    let after = try fixture.outcome("run").tensors
    for (path, values) in before where !path.hasPrefix("/zoo") {
      #expect(after[path] != values, "\(path)")
    }
  }

  @Test("Two runs of one seed are equal to the bit, of another seed they are not")
  func determinism() throws {
    var fixture = try RunFixture()
    for name in ["first", "second"] { try fixture.created(name).train() }
    #expect(try fixture.outcome("first") == fixture.outcome("second"))
    fixture.settings.seed = 12
    try fixture.created("third").train()
    #expect(try fixture.outcome("first").tensors != fixture.outcome("third").tensors)
  }

  @Test("A run stopped anywhere and resumed is the undisturbed one to the bit")
  func stopping() throws {
    var fixture = try RunFixture()
    (fixture.settings.labelSmoothing, fixture.settings.optimizer) = (0.1, .adam)
    try fixture.created("whole").train()
    let whole = try fixture.outcome("whole")
    let best = try fixture.outcome("whole", of: "best.h5").tensors
    // 15 steps and 3 measurements, after which there is nothing to stop.
    for (index, events) in [[0], [1], [5], [6], [10, 3], [1, 1, 1, 1, 1, 1], [17], [18]]
      .enumerated()
    {
      let name = "parts\(index)"
      var run: ClassifierRun? = try fixture.created(name)
      for count in events {
        #expect(try run?.train(events: count) == (count < 18 ? .stopped : .finished))
        // Two runs cannot have one folder open.
        run = nil
        run = try fixture.resumed(name)
      }
      #expect(try run?.train() == .finished)
      #expect(try fixture.outcome(name) == whole, "\(events)")
      #expect(try fixture.outcome(name, of: "best.h5").tensors == best, "\(events)")
    }
  }

  @Test("A run that dies goes on from its last checkpoint, without traces of what was lost")
  func dying() throws {
    let fixture = try RunFixture()
    try fixture.created("whole").train()
    var run: ClassifierRun? = try fixture.created("dead", every: .steps(3))
    #expect(throws: Crash.self) {
      try run?.train(whileWanted: { true }) { event in
        if case .step(let step) = event, step.step == 8 { throw Crash() }
      }
    }
    run = nil
    // What a killed process leaves behind, and half a line.
    for name in ["last.h5.1.2.part", "best.h5.1.2.part"] {
      try Data("x".utf8).write(to: URL(filePath: "\(fixture.run("dead"))/\(name)"))
    }
    let metrics = try #require(FileHandle(forWritingAtPath: "\(fixture.run("dead"))/metrics.jsonl"))
    try metrics.seekToEnd()
    try metrics.write(contentsOf: Data("{\"step\":".utf8))
    try metrics.close()
    let resumed = try fixture.resumed("dead")
    // After the measurement of the first epoch; step 8 was not written any more.
    #expect(resumed.progress.step == 5)
    #expect(try fixture.outcome("dead").metrics.compactMap { $0["step"] } == [1, 2, 3, 4, 5, 5])
    try resumed.train()
    #expect(try fixture.outcome("dead") == fixture.outcome("whole"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: fixture.run("dead")).sorted()
        == [
          "best.h5", "config.json", "data.json", "events.out.tfevents.zoo", "last.h5", "log.txt",
          "metrics.jsonl",
        ])
  }

  @Test("The best checkpoint scores what its measurement says, in a network built from it")
  func bestCheckpoint() throws {
    let fixture = try RunFixture()
    try fixture.created("run").train()
    let checkpoint = try ClassifierCheckpoint(of: fixture.run("run"))
    #expect(checkpoint.path.hasSuffix("best.h5"))
    #expect(checkpoint.description.classes == ["blue", "green", "red"])
    #expect(checkpoint.description.preprocessing == .signed(imageSide: 12))
    let best = try #require(checkpoint.progress.best)
    #expect(checkpoint.progress.step == best.step)
    let plan = try fixture.plan()
    let parameters = try checkpoint.parameters(plan.outline.parameters)
    let network = try Network(TinyNetwork().stages, parameters: parameters, precision: .float32)
    let batches = ClassifierBatches.validation(
      on: plan.data, batch: 1, preprocessing: checkpoint.description.preprocessing, threadCount: 1)
    var correct = 0
    while let batch = try batches.next() {
      let probabilities = try network(batch.images)[0].floats
      correct += probabilities.max() == probabilities[batch.labels[0]] ? 1 : 0
    }
    #expect(Double(correct) / Double(plan.data.validation.count) == best.accuracy)
  }

  @Test("Without pictures to measure with, the last epoch is the best")
  func noValidation() throws {
    var fixture = try RunFixture()
    fixture.settings.valFraction = 0
    try fixture.created("run").train()
    let best = try ClassifierCheckpoint(contentsOf: "\(fixture.run("run"))/best.h5")
    #expect(best.progress.best == ClassifierScore(epoch: 3, step: 18, accuracy: nil, loss: nil))
  }

  @Test("A batch may be larger than all there is")
  func largeBatch() throws {
    var fixture = try RunFixture()
    (fixture.settings.batch, fixture.settings.epochs) = (50, 5)
    try fixture.created("run").train()
    let outcome = try fixture.outcome("run")
    #expect(outcome.progress.step == 3 && outcome.progress.measuredEpochs == 5)
    #expect(outcome.metrics.compactMap { $0["epoch"] } == [2, 4, 5])
  }

  @Test("A folder with a run, or one that another process fills, is left alone")
  func occupied() throws {
    let fixture = try RunFixture()
    func refusal(_ body: () throws -> ClassifierRun) throws -> String {
      try #require(throws: TrainingError.self) { try body() }.description
    }
    let run = try fixture.created("run")
    #expect(try refusal { try fixture.created("run") }.contains("holds a run already"))
    #expect(try refusal { try fixture.resumed("run") }.contains("another process is training"))
    #expect(try refusal { try fixture.resumed("none") }.contains("found no last.h5"))
    try run.train(events: 2)
  }

  @Test("A resumed run may be longer and elsewhere, and nothing else")
  func changedSettings() throws {
    var fixture = try RunFixture()
    var run: ClassifierRun? = try fixture.created("run")
    try run?.train(events: 7)
    run = nil
    let settings = fixture.settings
    func refusal(_ change: (inout ClassifierSettings) -> Void) throws -> String {
      fixture.settings = settings
      change(&fixture.settings)
      return try #require(throws: TrainingError.self) { try fixture.resumed("run") }.description
    }
    #expect(
      try refusal { $0.batch = 6 }
        == "\(fixture.run("run"))/config.json: batch differs from the run's, expected 5, found 6; "
        + "leave it out, or start another run")
    #expect(try refusal { $0.weightDecay = 0.5 }.contains("weight-decay differs"))
    #expect(try refusal { $0.clipNorm = nil }.contains("expected 10.0, found none"))
    #expect(
      try refusal { $0.freeze = ["stem", "tail"] }.contains("expected stem, found stem tail"))
    #expect(try refusal { $0.epochs = 1 }.contains("more than have been trained"))
    fixture.settings = settings
    try FileManager.default.moveItem(atPath: settings.data, toPath: settings.data + "2")
    fixture.settings.data += "2"
    fixture.settings.epochs = 5
    try fixture.resumed("run").train()
    #expect(try fixture.outcome("run").progress.measuredEpochs == 5)
  }

  @Test("Numbers that run away end the run, and the last checkpoint stays")
  func divergence() throws {
    var fixture = try RunFixture()
    (fixture.settings.rate, fixture.settings.clipNorm) = (1e18, nil)
    let run = try fixture.created("run")
    let error = try #require(throws: TrainingError.self) { try run.train() }
    #expect(error.description.contains("no longer a finite number"))
    let checkpoint = try ClassifierCheckpoint(contentsOf: "\(fixture.run("run"))/last.h5")
    #expect(checkpoint.progress.step == 0)
    _ = try checkpoint.parameters(fixture.plan().outline.parameters)
  }

  @Test("A layer that starts from random numbers cannot be frozen")
  func frozenHead() throws {
    var fixture = try RunFixture()
    fixture.settings.freeze = ["predictions"]
    let error = try #require(throws: TrainingError.self) { try fixture.created("run") }
    #expect(error == .frozenUntrained(layer: "predictions"))
    #expect(!FileManager.default.fileExists(atPath: fixture.run("run")))
  }

  @Test("The report says what was restored and what is new")
  func startingPoint() throws {
    let fixture = try RunFixture()
    let start = try fixture.start(fixture.plan())
    #expect(start.report?.matched.count == 14)
    #expect(start.report?.notNeeded == ["predictions/kernel", "predictions/bias"])
    #expect(start.fresh.map(\.parameter) == ["predictions/kernel", "predictions/bias"])
    #expect(start.parameters["predictions/kernel"]?.shape == [8, 3])
    #expect(start.parameters["stem_bn/moving_variance"]?.floats == [1, 2, 0.5, 1, 1, 3])
  }
}
