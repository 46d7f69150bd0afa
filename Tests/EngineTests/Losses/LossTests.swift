import Foundation
import Tensors
import Testing

@testable import Engine

@Suite struct LossTests {
  @Test func softmaxOfEqualLogitsIsTheLogarithmOfTheirNumber() {
    // log 4 a row; gradients (¼ − t) · weight / 2.
    let loss = SoftmaxCrossEntropy()(
      logits: Tensor(shape: [1, 2, 4], values: [3, 3, 3, 3, -5, -5, -5, -5]), labels: [0, 2],
      weights: [1, 2], normalizer: 2)
    #expect(abs(loss.value - 1.5 * Float(log(4.0))) < 1e-6)
    #expect(
      loss.gradient.floats == [-0.375, 0.125, 0.125, 0.125, 0.25, 0.25, -0.75, 0.25])
    #expect(loss.gradient.shape == [1, 2, 4])
  }

  @Test func softmaxGradientIsTheSlope() {
    let logits: [Double] = [0.3, -1.2, 2.0, 0.7, 0.1, -0.4]
    let (labels, weights, smoothing) = ([2, 0], [0.5, 2.0], 0.125)
    func reference(_ x: [Double]) -> Double {
      (0..<2).reduce(0) { sum, row in
        let x = Array(x[row * 3..<row * 3 + 3])
        let logTotal = log(x.map { exp($0) }.reduce(0, +))
        let terms = x.indices.map { k in
          ((k == labels[row] ? 1 - smoothing : 0) + smoothing / 3) * (logTotal - x[k])
        }
        return sum + weights[row] * terms.reduce(0, +)
      } / 3
    }
    let loss = SoftmaxCrossEntropy(labelSmoothing: Float(smoothing))(
      logits: Tensor(shape: [2, 3], values: logits.map(Float.init)), labels: labels,
      weights: weights.map(Float.init), normalizer: 3)
    expect(loss, logits, reference)
  }

  @Test func sigmoidGradientIsTheSlope() {
    let logits: [Double] = [0.3, -1.2, 2.0, 0.7]
    let targets: [Double] = [0, 1, 0.25, 1]
    let weights: [Double] = [1, 0.5, 2, 0]
    func reference(_ x: [Double]) -> Double {
      x.indices.reduce(0) {
        let p = 1 / (1 + exp(-x[$1]))
        return $0 - weights[$1] * (targets[$1] * log(p) + (1 - targets[$1]) * log(1 - p))
      } / 5
    }
    let loss = SigmoidCrossEntropy()(
      logits: Tensor(shape: [2, 2], values: logits.map(Float.init)),
      targets: targets.map(Float.init), weights: weights.map(Float.init), normalizer: 5)
    expect(loss, logits, reference)
    #expect(loss.gradient.floats[3] == 0)
  }

  @Test func smoothL1GradientIsTheSlope() {
    let predictions: [Double] = [0.05, -0.3, 1.7, -2.2]
    func reference(_ x: [Double]) -> Double {
      x.indices.reduce(0) {
        let d = abs(x[$1])
        return $0 + ($1 < 2 ? 1 : 3) * (d < 0.5 ? d * d : d - 0.25)
      } / 2
    }
    let loss = SmoothL1(beta: 0.5)(
      predictions: Tensor(shape: [2, 2], values: predictions.map(Float.init)),
      targets: Tensor(zeros: [2, 2]), weights: [1, 3], normalizer: 2)
    expect(loss, predictions, reference)
  }

  @Test func smoothL1MeetsAtBetaAndIsL1AtZero() {
    let predictions = Tensor(shape: [5], values: [-2, -1, 0, 0.5, 1])
    let targets = Tensor(zeros: [5])
    // β = 1: 1.5 + 0.5 + 0 + 0.125 + 0.5.
    let smooth = SmoothL1(beta: 1)(predictions: predictions, targets: targets, normalizer: 1)
    #expect(smooth.value == 2.625)
    #expect(smooth.gradient.floats == [-1, -1, 0, 0.5, 1])
    let sharp = SmoothL1(beta: 0)(predictions: predictions, targets: targets, normalizer: 2)
    #expect(sharp.value == 2.25)
    #expect(sharp.gradient.floats == [-0.5, -0.5, 0, 0.5, 0.5])
  }

  @Test func extremeLogitsStayFinite() {
    let logits = Tensor(shape: [2, 2], values: [1e4, -1e4, 1e4, -1e4])
    let softmax = SoftmaxCrossEntropy()(logits: logits, labels: [0, 1], normalizer: 1)
    #expect(softmax.value == 2e4)
    #expect(softmax.gradient.floats == [0, 0, 1, -1])
    let sigmoid = SigmoidCrossEntropy()(logits: logits, targets: [1, 0, 0, 1], normalizer: 1)
    #expect(sigmoid.value == 2e4)
    #expect(sigmoid.gradient.floats == [0, 0, 1, -1])
  }

  @Test func whatIsIgnoredCountsForNothingWhateverItHolds() {
    let broken = Tensor(shape: [2, 2], values: [.nan, .infinity, -.infinity, 3])
    let zeros: [Float] = [0, 0, 0, 0]
    for loss in [
      SoftmaxCrossEntropy()(logits: broken, labels: [-1, -2], normalizer: 1),
      SoftmaxCrossEntropy()(logits: broken, labels: [0, 1], weights: [0, 0], normalizer: 1),
      SigmoidCrossEntropy()(logits: broken, targets: [7, 0, 0, 0], weights: zeros, normalizer: 1),
      SmoothL1(beta: 1)(
        predictions: broken, targets: broken, weights: [0, 0], normalizer: 1),
    ] {
      #expect(loss.value == 0)
      #expect(loss.gradient.floats.map(\.bitPattern) == [0, 0, 0, 0])
    }
  }

  @Test func noRowsMakeNoLoss() {
    let loss = SoftmaxCrossEntropy()(logits: Tensor(zeros: [0, 3]), labels: [], normalizer: 1)
    #expect(loss.value == 0)
    #expect(loss.gradient.shape == [0, 3])
    let boxes = Tensor(zeros: [0, 4])
    #expect(
      SmoothL1(beta: 1)(predictions: boxes, targets: boxes, weights: [], normalizer: 1).value == 0)
  }

  /// Compares a loss at `point` with a reference in double precision, and its gradient with the
  /// reference's central differences.
  private func expect(
    _ loss: Loss, _ point: [Double], _ reference: ([Double]) -> Double,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(abs(Double(loss.value) - reference(point)) < 1e-6, sourceLocation: sourceLocation)
    for (index, derivative) in loss.gradient.floats.enumerated() {
      var (above, below) = (point, point)
      above[index] += 1e-5
      below[index] -= 1e-5
      let slope = (reference(above) - reference(below)) / 2e-5
      #expect(abs(Double(derivative) - slope) < 1e-6, sourceLocation: sourceLocation)
    }
  }
}
