import Boxes
import Datasets
import Detection
import HDF5
import Layers
import Tensors
import Testing

@testable import Training

@Suite struct DetectorBatchesTests {
  private let fixture: DetectorFixture

  init() throws { fixture = try DetectorFixture() }

  private struct Batch: Equatable {
    let images: [[Float]]
    let objects: [[AnnotatedObject]]
    let proposals: [[Box]]
  }

  private func batches(
    _ fixture: DetectorFixture, phase: Int = 0, from step: Int = 0,
    proposals: KeptProposals? = nil
  ) throws -> [Batch] {
    let plan = try fixture.plan()
    let batches = DetectorBatches(plan, plan.phases[phase], from: step, proposals: proposals)
    var all: [Batch] = []
    while let (examples, proposals) = try batches.next() {
      all.append(
        Batch(
          images: examples.map(\.canvas.tensor.floats), objects: examples.map(\.objects),
          proposals: proposals))
    }
    return all
  }

  @Test("Batches do not depend on threads or on the step that a run goes on from")
  func invariance() throws {
    let all = try batches(fixture)
    #expect(all.count == 5 && all.allSatisfy { $0.images.count == 2 })
    var fixture = fixture
    for threads in [1, 5] {
      fixture.settings.threads = threads
      #expect(try batches(fixture) == all)
    }
    for step in 1...5 { #expect(try batches(fixture, from: step) == Array(all[step...])) }
    fixture.settings.seed += 1
    #expect(try batches(fixture) != all)
  }

  @Test(
    "Every image is there once an epoch, each epoch in another order, and not varied if not asked to"
  )
  func epochs() throws {
    var fixture = fixture
    (fixture.settings.batch, fixture.settings.epochs) = (5, 4)
    fixture.settings.augmentation.mirrorShare = 0
    fixture.settings.augmentation.scaleJitter = 1...1
    let architecture = try fixture.architecture()
    let images = try fixture.training.images.map {
      CanvasImage(try Image(contentsOf: $0.path), for: architecture).tensor.floats
    }
    var orders: [[Int]] = []
    for batch in try batches(fixture) {
      orders.append(try batch.images.map { try #require(images.firstIndex(of: $0)) })
    }
    #expect(orders.count == 4 && Set(orders).count > 1)
    for order in orders { #expect(order.sorted() == Array(0..<5)) }
  }

  @Test("Each phase has orders and variations of its own")
  func phases() throws {
    var fixture = fixture
    fixture.settings.schedule = .alternating
    fixture.settings.stepEpochs = [1, 1, 1, 1]
    let (first, third) = (try batches(fixture), try batches(fixture, phase: 2))
    #expect(first.count == third.count && first != third)
  }

  @Test("Proposals are resized and mirrored along with their image")
  func proposals() throws {
    var fixture = fixture
    fixture.settings.augmentation.mirrorShare = 0.5
    // As if the objects had been proposed, and nothing else.
    let boxes = fixture.training.images.map { $0.objects.map(\.box) }
    let path = fixture.run("proposals.h5")
    let edges = boxes.joined().flatMap { [$0.x1, $0.y1, $0.x2, $0.y2] }
    try HDF5File.write(to: path) { file in
      try file.write(Tensor(shape: [5], values: boxes.map { Float($0.count) }), at: "/counts")
      try file.write(Tensor(shape: [edges.count / 4, 4], values: edges), at: "/boxes")
    }
    let kept = try KeptProposals(contentsOf: path, imageCount: 5)
    for (index, boxes) in boxes.enumerated() { #expect(kept[index] == boxes) }
    let plain = try batches(fixture)
    let proposed = try batches(fixture, proposals: kept)
    #expect(proposed.map(\.objects) == plain.map(\.objects))
    #expect(proposed.map(\.images) == plain.map(\.images))
    for batch in proposed {
      #expect(batch.proposals == batch.objects.map { $0.map(\.box) })
    }
    #expect(plain.allSatisfy { $0.proposals.allSatisfy { $0.isEmpty } })
    // Some of ten are mirrored: their blue box, at the right of the image, is at its left.
    let mirrored = proposed.flatMap(\.objects).filter {
      $0.count == 2 && $0[0].box.x1 > $0[1].box.x1
    }
    #expect((1..<8).contains(mirrored.count))
  }

  @Test("What proposals were kept is read back to the bit, and other files are refused")
  func keptProposals() throws {
    var fixture = fixture
    (fixture.settings.schedule, fixture.validation) = (.alternating, nil)
    let plan = try fixture.plan()
    let detector = try Detector(
      plan.architecture, parameters: fixture.start(plan).parameters,
      precision: fixture.settings.precision)
    func made(_ minimumSide: Float) throws -> KeptProposals {
      let made = try KeptProposals.made(
        by: detector, of: fixture.training,
        selecting: ProposalSelection(candidates: 50, count: 10, minimumSide: minimumSide),
        threadCount: 2
      ) { _ in true }
      return try #require(made)
    }
    let path = fixture.run("proposals.h5")
    for (side, isEmpty) in [(1, false), (1000, true)] as [(Float, Bool)] {
      let proposals = try made(side)
      try proposals.write(to: path)
      let read = try KeptProposals(contentsOf: path, imageCount: 5)
      for index in 0..<5 {
        #expect(read[index] == proposals[index] && read[index].isEmpty == isEmpty)
      }
    }
    // Given up, whenever that is.
    for limit in 0..<5 {
      let nothing = try KeptProposals.made(
        by: detector, of: fixture.training, selecting: .training, threadCount: 2
      ) { $0 < limit }
      #expect(nothing == nil)
    }
    let counts: [[Float]] = [[1, 1, 1, 1], [1, 1, 1, 1, 2], [-1, 2, 1, 1, 2]]
    for (index, counts) in counts.enumerated() {
      try HDF5File.write(to: path) { file in
        try file.write(Tensor(shape: [counts.count], values: counts), at: "/counts")
        try file.write(Tensor(zeros: [5, 4]), at: "/boxes")
      }
      #expect(throws: TrainingError.self, "\(index)") {
        _ = try KeptProposals(contentsOf: path, imageCount: 5)
      }
    }
    for strange: Float in [.nan, .infinity, 1e30, 0.5] {
      try HDF5File.write(to: path) { file in
        try file.write(Tensor(shape: [1], values: [strange]), at: "/counts")
        try file.write(Tensor(zeros: [5, 4]), at: "/boxes")
      }
      #expect(throws: TrainingError.self, "\(strange)") {
        _ = try KeptProposals(contentsOf: path, imageCount: 1)
      }
    }
  }
}
