import Boxes
import Datasets
import Tensors
import Testing

@testable import Detection
@testable import Engine

@Suite struct OverfittingTests {
  @Test("A thread left out for a neighbour does not change a bit of what a detector learns")
  func governed() throws {
    let tiny = TinyDetector()
    let pictures = [
      picture(width: 64, height: 64, [.init(0, 8, 10, 30, 40), .init(1, 36, 30, 60, 60)]),
      picture(width: 80, height: 64, [.init(1, 10, 10, 50, 34)], seed: 2),
    ]
    /// The losses and parameters after some steps, every other one with a thread fewer.
    func learned(leavingOut: Bool) throws -> [[Float]] {
      let detector = try TrainableDetector(
        tiny.architecture(), settings: tiny.learning, parameters: tiny.parameters(),
        trainable: tiny.trainable(), precision: .float32)
      let optimizer = Optimizer(
        .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8), for: detector.parameters)
      let examples = try pictures.map { try tiny.example($0, seed: 0) }
      var losses: [Float] = []
      for step in 0..<30 {
        try ComputeThread.shared.run {
          let threads = ComputeThread.shared.threads
          defer { ComputeThread.shared.threads = threads }
          ComputeThread.shared.threads = ThreadGovernor(limit: 2)
          if leavingOut && step % 2 == 0 {
            ComputeThread.shared.threads.record(
              .init(seconds: 0.1, processorSeconds: 0.1, preemptions: 100))
          }
          var generator = SeededGenerator(seed: 1, for: "step", step)
          let loss = try detector.pullback(examples, objective: .joint, using: &generator)
          losses.append(loss.total(weights: DetectionLosses(each: 1)))
          try optimizer.update(rate: 0.01)
        }
      }
      return [losses] + detector.parameters.values.map(\.tensor.floats)
    }
    let (all, fewer) = (try learned(leavingOut: false), try learned(leavingOut: true))
    #expect(all[0] == fewer[0])
    #expect(all == fewer)
  }

  @Test("A detector learns two images by heart, and then finds in them what is there")
  func learning() throws {
    let tiny = TinyDetector()
    let pictures = [
      picture(width: 64, height: 64, [.init(0, 8, 10, 30, 40), .init(1, 36, 30, 60, 60)]),
      picture(width: 80, height: 64, [.init(1, 10, 10, 50, 34)], seed: 2),
    ]
    let detector = try TrainableDetector(
      tiny.architecture(), settings: tiny.learning, parameters: tiny.parameters(),
      trainable: tiny.trainable(), precision: .float32)
    let optimizer = Optimizer(
      .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8), for: detector.parameters)
    var losses: [Float] = []
    // Made once, each with other anchors: a debug build takes longer over them than over a step.
    let draws = try (0..<8).map { seed in
      try pictures.map { try tiny.example($0, seed: UInt64(seed)) }
    }
    for step in 0..<120 {
      var generator = SeededGenerator(seed: 1, for: "step", step)
      let loss = try detector.pullback(
        draws[step % draws.count], objective: .joint, using: &generator)
      losses.append(loss.total(weights: DetectionLosses(each: 1)))
      try optimizer.update(rate: step < 90 ? 0.01 : 0.002)
    }
    let end = losses.suffix(10).reduce(0, +) / 10
    #expect(end < losses[0] / 10, "\(losses[0]) \(end)")
    let trained = try Detector(
      tiny.architecture(), parameters: detector.parameters.values, precision: .float32)
    for (image, objects) in pictures {
      let found = try trained(image).filter { $0.score > 0.5 }
      #expect(found.count == objects.count)
      for object in objects {
        #expect(
          found.contains {
            $0.label == object.label && $0.box.intersectionOverUnion(with: object.box) > 0.7
          }, "\(object) \(found)")
      }
    }
  }
}
