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

/// (x − μ) / σ with stored statistics of each channel, Keras's `Normalization`.
public struct Normalization: SingleOperationLayer {
  let name: String
  let operation = Operation.normalize

  public init(_ name: String) { self.name = name }
}

/// a · x + b with numbers that are part of the architecture, Keras's `Rescaling`.
public struct Rescaling: SingleOperationLayer {
  let name: String
  let operation: Operation

  /// - Parameters:
  ///   - name: The layer's name.
  ///   - factors: What each channel is multiplied by; one number for all.
  ///   - offsets: What is then added; as many.
  public init(_ name: String, factors: [Float], offsets: [Float]) {
    self.name = name
    operation = .rescale(factors: factors, offsets: offsets)
  }
}

/// Division of each number by what the channels beside it hold.
///
/// After section 3.3 of Krizhevsky et al., ImageNet Classification with Deep Convolutional Neural
/// Networks.
public struct LocalResponseNorm: SingleOperationLayer {
  let name: String
  let operation: Operation

  /// - Parameters:
  ///   - name: The layer's name.
  ///   - radius: How many channels to either side count.
  ///   - bias: What is added to the sum of squares.
  ///   - alpha: What the sum of squares is multiplied by; Caffe's α is this times the number of
  ///     channels summed, 2 · radius + 1.
  ///   - beta: The power that the divisor is raised to.
  public init(_ name: String, radius: Int, bias: Float, alpha: Float, beta: Float) {
    self.name = name
    operation = .localResponseNorm(
      LocalResponse(radius: radius, bias: bias, alpha: alpha, beta: beta))
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

/// The zeros that "same" padding would put around a map, as a layer of its own.
///
/// Keras's MobileNet v2 and v3 and EfficientNet have it before convolutions that stride: `ZeroPadding2D`
/// with what `correct_pad` says.
public struct SamePad: Layer {
  let name: String
  let size: Extent
  let stride: Int

  /// Makes the zeros for a window of `size` cells that moves by `stride`.
  public init(_ name: String, _ size: Extent, stride: Int) {
    (self.name, self.size, self.stride) = (name, size, stride)
  }

  public func append(to graph: inout Graph, input: Graph.Value) throws(GraphError) -> Graph.Value {
    let margins = graph.margins(
      of: .same, around: input, size: size, stride: stride, dilation: 1)
    return try graph.append(.zeroPad(margins), layer: name, inputs: [input])
  }
}

/// A vector of channels as a map of one cell, Keras's `Reshape((1, 1, C))`.
public struct OneCell: SingleOperationLayer {
  let name: String
  let operation = Operation.oneCell

  public init(_ name: String) { self.name = name }
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
