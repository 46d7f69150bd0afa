/// A layer that is one operation on one input.
protocol SingleOperationLayer: Layer {
  var name: String { get }
  var operation: Operation { get }
}

extension SingleOperationLayer {
  public func append(to graph: inout Graph, input: Graph.Value) throws(GraphError) -> Graph.Value {
    try graph.append(operation, layer: name, inputs: [input])
  }
}

/// Batch normalisation, Keras's `BatchNormalization`.
public struct BatchNorm: SingleOperationLayer {
  let name: String
  let operation: Operation

  /// Makes a normalisation over the channels.
  ///
  /// - Parameters:
  ///   - name: The layer's name.
  ///   - epsilon: What is added to the variance; Keras's own default is 1e-3.
  ///   - scale: Whether there is a γ.
  ///   - center: Whether there is a β.
  ///   - momentum: How much of the stored statistics stays when they move towards a batch's.
  public init(
    _ name: String, epsilon: Float = 1e-3, scale: Bool = true, center: Bool = true,
    momentum: Float = 0.99
  ) {
    self.name = name
    operation = .batchNorm(epsilon: epsilon, scale: scale, center: center, momentum: momentum)
  }
}

/// max(x, 0), or min(max(x, 0), 6).
public struct ReLU: SingleOperationLayer {
  /// The greatest number that passes.
  public enum Limit: Sendable { case none, six }

  let name: String
  let operation: Operation

  public init(_ name: String, limit: Limit = .none) {
    self.name = name
    operation = .activation(limit == .six ? .relu6 : .relu)
  }
}

/// An activation as a layer of its own, Keras's `Activation`.
public struct ActivationLayer: SingleOperationLayer {
  let name: String
  let operation: Operation

  public init(_ name: String, _ activation: Activation) {
    self.name = name
    operation = .activation(activation)
  }
}

/// Zeros around a map, Keras's `ZeroPadding2D`.
public struct ZeroPad: SingleOperationLayer {
  let name: String
  let operation: Operation

  /// Puts `before` rows and columns at the top and the left, `after` at the bottom and the right.
  public init(_ name: String, before: Int, after: Int) {
    self.name = name
    operation = .zeroPad(Margins(top: before, left: before, bottom: after, right: after))
  }
}

/// All numbers of an image as one vector, height before width before channels.
public struct Flatten: SingleOperationLayer {
  let name: String
  let operation = Operation.flatten

  public init(_ name: String = "flatten") { self.name = name }
}

/// Zeros in place of a share of the numbers while training; nothing otherwise.
public struct Dropout: SingleOperationLayer {
  let name: String
  let operation: Operation

  /// - Parameters:
  ///   - name: The layer's name.
  ///   - rate: The share of numbers dropped, from 0 to below 1.
  public init(_ name: String, rate: Float) {
    self.name = name
    operation = .dropout(rate: rate)
  }
}
