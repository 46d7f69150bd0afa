import Boxes
import Datasets
import Engine
import Tensors
import Testing

@testable import Detection

@Suite struct OverfittingTests {
  @Test(
    "A detector learns two images by heart, and then finds in them what is there",
    arguments: [RegionPooling.align, .max])
  func learning(pooling: RegionPooling) throws {
    var tiny = TinyDetector()
    tiny.settings.pooling = pooling
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
    let clock = ContinuousClock.now
    for step in 0..<150 {
      var generator = SeededGenerator(seed: 1, for: "step", step)
      let examples = try pictures.map { try tiny.example($0, seed: UInt64(step)) }
      let loss = try detector.pullback(examples, objective: .joint, using: &generator)
      losses.append(loss.total(weights: DetectionLosses(each: 1)))
      try optimizer.update(rate: step < 100 ? 0.01 : 0.002)
    }
    print(ContinuousClock.now - clock, stride(from: 0, to: losses.count, by: 10).map { losses[$0] })
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
