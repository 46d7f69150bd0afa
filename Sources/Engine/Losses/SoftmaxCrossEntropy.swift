internal import Glibc
public import Tensors

/// The cross-entropy of predictions among classes of which one is right, given as logits.
///
/// −log softmax(x)[label], computed without overflow for logits of any size. The derivative is
/// softmax(x)[k] − t[k], where t is 1 for the label and 0 for the others.
public struct SoftmaxCrossEntropy: Hashable, Sendable {
  /// The share of each target that is spread evenly over all classes, the label among them; 0...1.
  public let labelSmoothing: Float

  /// Makes the loss, by default without smoothing.
  public init(labelSmoothing: Float = 0) {
    precondition((0...1).contains(labelSmoothing), "labelSmoothing is in 0...1")
    self.labelSmoothing = labelSmoothing
  }

  /// Computes the loss and its gradient by the logits.
  ///
  /// - Parameters:
  ///   - logits: `[…, K]`: K classes in the last axis, all others are rows.
  ///   - labels: The class of each row, in 0..<K. Rows of negative labels are ignored.
  ///   - weights: One for each row; where 0, the row is ignored. None: all 1.
  ///   - normalizer: What the sum over rows is divided by, above 0, such as their number.
  /// - Returns: The loss; gradients of ignored rows are exactly 0.
  public func callAsFunction(
    logits: Tensor, labels: [Int], weights: [Float]? = nil, normalizer: Float
  ) -> Loss {
    guard let classes = logits.shape.last, classes > 0 else {
      preconditionFailure("logits are […, K] with K above 0, not \(logits.shape)")
    }
    let rows = logits.count / classes
    precondition(labels.count == rows, "\(labels.count) labels for logits \(logits.shape)")
    precondition(
      labels.allSatisfy { $0 < classes }, "a label is not below the number of classes, \(classes)")
    if let weights {
      precondition(weights.count == rows, "\(weights.count) weights for logits \(logits.shape)")
      Loss.checkAreWeights(weights)
    }
    Loss.checkNormalizer(normalizer)

    let values = logits.floats
    var sum = 0.0
    let gradient = Tensor(shape: logits.shape) { bytes in
      let gradients = bytes.bindMemory(to: Float.self)
      for row in 0..<rows {
        let range = row * classes..<(row + 1) * classes
        let weight = labels[row] < 0 ? 0 : weights.map { Double($0[row]) } ?? 1
        guard weight != 0 else {
          for index in range { gradients[index] = 0 }
          continue
        }
        let factor = weight / Double(normalizer)
        sum += weight * cross(values[range], label: labels[row], factor, gradients)
      }
    }
    return Loss(value: Float(sum / Double(normalizer)), gradient: gradient)
  }

  /// The loss of one row; writes its gradient times `factor`.
  private func cross(
    _ logits: ArraySlice<Float>, label: Int, _ factor: Double,
    _ gradients: UnsafeMutableBufferPointer<Float>
  ) -> Double {
    let largest = logits.reduce(-Double.infinity) { max($0, Double($1)) }
    let total = logits.reduce(0.0) { $0 + exp(Double($1) - largest) }
    let logTotal = log(total)
    let spread = Double(labelSmoothing) / Double(logits.count)
    let right = logits.startIndex + label
    var loss = 0.0
    for index in logits.indices {
      let target = spread + (index == right ? 1 - Double(labelSmoothing) : 0)
      let shifted = Double(logits[index]) - largest
      // Not a product with zero: a class without a share in the target may be −∞.
      if target != 0 { loss += target * (logTotal - shifted) }
      gradients[index] = Float((exp(shifted) / total - target) * factor)
    }
    return loss
  }
}
