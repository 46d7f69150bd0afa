import Boxes
import Datasets
import Detection
import Foundation
import HDF5
import Tensors
import Testing

@testable import Training

@Suite struct AlternatingRunTests {
  private struct Crash: Error {}

  private func fixture(measures: Bool = false) throws -> DetectorFixture {
    var fixture = try DetectorFixture()
    (fixture.settings.schedule, fixture.settings.stepEpochs) = (.alternating, [1, 1, 1, 1])
    if !measures { fixture.validation = nil }
    return fixture
  }

  private func isProposal(_ name: String) -> Bool { name.hasPrefix("rpn_") }
  private func isRegion(_ name: String) -> Bool {
    ["tail_", "class_", "box_"].contains { name.hasPrefix($0) }
  }
  private func isBackbone(_ name: String) -> Bool { !isProposal(name) && !isRegion(name) }

  @Test(
    "Each of the four steps changes its own part and keeps every bit of the others",
    arguments: [BatchNormPolicy.stored, .batch])
  func phases(batchNorm: BatchNormPolicy) throws {
    var fixture = try fixture()
    fixture.settings.batchNorm = batchNorm
    let path = "\(fixture.run("run"))/last.h5"
    var states: [[String: [Float]]] = []
    var names: [String] = []
    let run = try fixture.created("run")
    try run.train { event in
      guard case .entered(let phase) = event else { return }
      names.append(phase.phase.name)
      // The checkpoint that was written when the phase before had ended.
      states.append(try fixture.parameters(path))
    }
    states.append(try fixture.parameters(path))
    #expect(names == ["1 rpn", "2 regions", "3 rpn", "4 regions"])
    #expect(try fixture.parameters("\(fixture.run("run"))/first.h5") == states[0])
    for name in states[0].keys {
      func changes(_ phase: Int, from other: Int? = nil) -> Bool {
        states[phase][name] != states[other ?? phase - 1][name]
      }
      let isFixed =
        name.hasPrefix("stem_") || (batchNorm == .stored && name.contains("/moving_"))
      #expect(changes(1) == (!isFixed && !isRegion(name)), "1 \(name)")
      // The second step begins with the first weights again, and the proposal network waits in them.
      #expect(changes(2, from: 0) == (!isFixed && !isProposal(name)), "2 \(name)")
      #expect(changes(3) == (!isFixed && isProposal(name)), "3 \(name)")
      #expect(changes(4) == (!isFixed && isRegion(name)), "4 \(name)")
    }
  }

  @Test("The second step begins with the weights that the run began with, not with the RPN's")
  func secondStart() throws {
    var fixture = try fixture()
    // The first step of a phase is all but none.
    fixture.settings.warmUp = 1_000_000
    let path = "\(fixture.run("run"))/last.h5"
    var end: [String: [Float]] = [:]
    var run: DetectorRun? = try fixture.created("run", every: .steps(1))
    #expect(throws: Crash.self) {
      try run?.train { event in
        if case .entered(let phase) = event, phase.firstStep == 3 {
          end = try fixture.parameters(path)
        }
        if case .step(let step) = event, step.step == 5 { throw Crash() }
      }
    }
    run = nil
    let now = try fixture.parameters(path)
    #expect(try DetectorCheckpoint(contentsOf: path).progress.step == 4)
    let first = try fixture.parameters("\(fixture.run("run"))/first.h5")
    func distance(_ one: [Float]?, _ other: [Float]?) throws -> Float {
      zip(try #require(one), try #require(other)).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }
    for name in ["last_conv/kernel", "body_pw/kernel", "body_dw/kernel"] {
      let fromFirst = try distance(now[name], first[name])
      let fromEnd = try distance(now[name], end[name])
      #expect(fromFirst < fromEnd / 4, "\(name) \(fromFirst) \(fromEnd)")
    }
  }

  @Test("Only the last step is measured: before it the parts are those of different networks")
  func measuring() throws {
    let fixture = try fixture(measures: true)
    var epochs: [Int] = []
    try fixture.created("run").train {
      if case .measured(let measurement, _) = $0 { epochs.append(measurement.epoch) }
    }
    #expect(epochs == [4])
    #expect(
      try DetectorCheckpoint(of: fixture.run("run")).progress.best?.meanAveragePrecision != nil)
  }

  @Test("Proposals are kept in pixels of the images as they are on the disk")
  func keptProposals() throws {
    let fixture = try fixture()
    try fixture.created("run").train()
    for phase in [2, 4] {
      let path = "\(fixture.run("run"))/proposals\(phase).h5"
      let kept = try KeptProposals(contentsOf: path, imageCount: 5)
      for (index, image) in fixture.training.images.enumerated() {
        #expect(!kept[index].isEmpty && kept[index].count <= 10)
        for box in kept[index] {
          #expect(box.isProper && box.x1 >= 0 && box.y1 >= 0)
          #expect(box.x2 <= Float(image.width) + 0.01 && box.y2 <= Float(image.height) + 0.01)
        }
      }
      let error = try #require(throws: TrainingError.self) {
        _ = try KeptProposals(contentsOf: path, imageCount: 4)
      }
      #expect(error.description.contains("holds the proposals of 5 images, expected 4"))
    }
    #expect(!FileManager.default.fileExists(atPath: "\(fixture.run("run"))/proposals1.h5"))
  }

  @Test("Images without a proposal are no obstacle")
  func noProposals() throws {
    var fixture = try fixture()
    fixture.settings.learning.proposals = ProposalSelection(
      candidates: 50, count: 10, minimumSide: 1000)
    try fixture.created("whole").train()
    var run: DetectorRun? = try fixture.created("parts")
    try run?.train(untilStep: 4)
    run = nil
    try fixture.resumed("parts").train()
    #expect(try fixture.outcome("parts") == fixture.outcome("whole"))
  }

  @Test("Proposals that are gone or damaged are found when the run is resumed")
  func damagedProposals() throws {
    let fixture = try fixture()
    var run: DetectorRun? = try fixture.created("run", every: .steps(1))
    #expect(throws: Crash.self) {
      try run?.train { if case .step(let step) = $0, step.step == 5 { throw Crash() } }
    }
    run = nil
    let path = "\(fixture.run("run"))/proposals2.h5"
    let whole = try Data(contentsOf: URL(filePath: path))
    try whole.prefix(whole.count / 2).write(to: URL(filePath: path))
    #expect(throws: (any Error).self) { _ = try fixture.resumed("run") }
    try FileManager.default.removeItem(atPath: path)
    #expect(throws: HDF5Error.self) { _ = try fixture.resumed("run") }
  }

  @Test("A part that a step is there to train cannot be frozen", arguments: ["rpn", "/rpn_/"])
  func frozenProposals(word: String) throws {
    var fixture = try fixture()
    fixture.settings.freeze = [word]
    let error = try #require(throws: TrainingError.self) { _ = try fixture.plan() }
    #expect(
      error.description
        == "selection of layers '\(word)': leaves nothing to train in the phase '3 rpn'; "
        + "leave some out")
  }
}
