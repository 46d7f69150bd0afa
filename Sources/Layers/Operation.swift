/// What a node of a graph computes.
///
/// Maps are `[N, H, W, C]`, kernels `[height, width, in, out]`; both as Keras stores them.
public enum Operation: Hashable, Sendable {
  /// The graph's input.
  case input
  /// A convolution, of which each group reads its own share of the channels.
  case convolution(Window, filters: Int, groups: Int = 1, bias: Bool)
  /// A convolution of each channel by itself; channel c gives `multiplier` channels from
  /// c × multiplier on.
  case depthwiseConvolution(Window, multiplier: Int, bias: Bool)
  /// A product with a matrix, over the last axis.
  case dense(units: Int, bias: Bool)
  /// γ · (x − μ) / √(σ² + ε) + β for each channel; without `scale` γ is 1, without `center` β is 0.
  ///
  /// In training with the statistics of the batch, the stored ones become themselves times the
  /// momentum plus the batch's times the rest.
  case batchNorm(epsilon: Float, scale: Bool, center: Bool, momentum: Float)
  /// (x − μ) / √σ² for each channel, μ and σ² being parameters that no training changes; a deviation
  /// below 10⁻⁷ counts as 10⁻⁷. A third parameter, how many numbers they were measured on, is not
  /// read.
  case normalize
  /// a · x + b for each channel, or for all if there is one a and one b.
  case rescale(factors: [Float], offsets: [Float])
  case localResponseNorm(LocalResponse)
  case activation(Activation)
  /// The greatest or the mean number under a window. Cells outside the map do not count: the mean
  /// is over the cells inside.
  case pool(Pooling, Window)
  /// The greatest or the mean number of each channel: `[N, 1, 1, C]`, or `[N, C]`.
  case globalPool(Pooling, keepsRank: Bool)
  /// Zeros around a map.
  case zeroPad(Margins)
  /// The sum of all inputs.
  case add
  /// The first input times the second, which has the same shape or, `[N, 1, 1, C]`, a number for each
  /// channel of an image.
  case multiply
  /// All inputs beside one another along the last axis.
  case concatenate
  /// Everything but the first axis as one, height before width before channels.
  case flatten
  /// A vector `[N, C]` as a map of one cell, `[N, 1, 1, C]`.
  case oneCell
  /// Nothing, when a network runs; in training, zeros in place of a share of the numbers.
  case dropout(rate: Float)
}

/// A function of one number, or of one vector of channels.
public enum Activation: String, Hashable, Sendable {
  case relu
  /// min(max(x, 0), 6)
  case relu6
  case sigmoid
  /// x · sigmoid(x), also called SiLU.
  case swish
  /// min(max(x + 3, 0), 6) / 6
  case hardSigmoid
  /// x · min(max(x + 3, 0), 6) / 6
  case hardSwish
  /// Over the last axis.
  case softmax
}

/// How a pooling makes one number of many.
public enum Pooling: String, Hashable, Sendable {
  case max
  case average
}

/// Division of each number by what the channels beside it hold:
/// x / (bias + α · Σ x²)^β, the sum going over `radius` channels to either side and its own.
public struct LocalResponse: Hashable, Sendable {
  public let radius: Int
  public let bias: Float
  /// What the sum of squares is multiplied by; Caffe's α is this times the number of channels.
  public let alpha: Float
  public let beta: Float

  public init(radius: Int, bias: Float, alpha: Float, beta: Float) {
    (self.radius, self.bias, self.alpha, self.beta) = (radius, bias, alpha, beta)
  }
}

extension Operation {
  /// Input cells per output cell, along each side.
  var stride: Int {
    switch self {
    case .convolution(let window, _, _, _), .depthwiseConvolution(let window, _, _),
      .pool(_, let window):
      window.stride
    default: 1
    }
  }

  /// The parameters of a layer that does this to inputs of the given shapes.
  ///
  /// - Parameters:
  ///   - layer: The layer's name.
  ///   - inputs: The inputs' shapes.
  ///   - kernelName: What the layer calls its kernel.
  /// - Returns: The parameters, in checkpoint order.
  func parameters(
    of layer: String, inputs: [[Int]], kernel kernelName: String
  ) -> [ParameterSpecification] {
    func specification(_ variable: String, _ shape: [Int]) -> ParameterSpecification {
      ParameterSpecification(layer: layer, variable: variable, shape: shape)
    }
    let channels = inputs.first?.last ?? 0
    switch self {
    case .convolution(let window, let filters, let groups, let bias):
      let kernel = [window.size.height, window.size.width, channels / groups, filters]
      return [specification(kernelName, kernel)] + (bias ? [specification("bias", [filters])] : [])
    case .depthwiseConvolution(let window, let multiplier, let bias):
      let kernel = [window.size.height, window.size.width, channels, multiplier]
      return [specification(kernelName, kernel)]
        + (bias ? [specification("bias", [channels * multiplier])] : [])
    case .dense(let units, let bias):
      return [specification(kernelName, [channels, units])]
        + (bias ? [specification("bias", [units])] : [])
    case .batchNorm(_, let scale, let center, _):
      let variables =
        (scale ? ["gamma"] : []) + (center ? ["beta"] : []) + ["moving_mean", "moving_variance"]
      return variables.map { specification($0, [channels]) }
    case .normalize:
      return [
        specification("mean", [channels]), specification("variance", [channels]),
        specification("count", []),
      ]
    default: return []
    }
  }

  /// The shape of the result for inputs of the given shapes.
  func outputShape(of inputs: [[Int]]) throws(ShapeMismatch) -> [Int] {
    guard let first = inputs.first else { throw ShapeMismatch("has no input") }
    switch self {
    case .input: throw ShapeMismatch("a graph has one input only")
    case .convolution(let window, let filters, let groups, _):
      let channels = try map(first)[3]
      try require(filters, "filter")
      guard groups > 0, channels % groups == 0, filters % groups == 0 else {
        throw ShapeMismatch(
          "expected groups that divide \(channels) channels and \(filters) filters, found \(groups)"
        )
      }
      return try window.outputShape(of: first, channels: filters)
    case .depthwiseConvolution(let window, let multiplier, _):
      try require(multiplier, "filter a channel")
      return try window.outputShape(of: first, channels: try map(first)[3] * multiplier)
    case .pool(_, let window): return try window.outputShape(of: first, channels: try map(first)[3])
    case .dense(let units, _):
      try require(units, "unit")
      return first.dropLast() + [units]
    case .batchNorm, .activation, .normalize: return first
    case .rescale(let factors, let offsets):
      let channels = first[first.count - 1]
      guard factors.count == offsets.count, [1, channels].contains(factors.count) else {
        throw ShapeMismatch(
          "expected 1 or \(channels) factors and offsets, found \(factors.count) and "
            + "\(offsets.count)")
      }
      return first
    case .localResponseNorm(let response):
      guard response.radius >= 0 else {
        throw ShapeMismatch("expected a radius of at least 0, found \(response.radius)")
      }
      return try map(first)
    case .dropout(let rate):
      guard 0..<1 ~= rate else {
        throw ShapeMismatch("expected a rate from 0 to below 1, found \(rate)")
      }
      return first
    case .globalPool(_, let keepsRank):
      let shape = try map(first)
      return keepsRank ? [shape[0], 1, 1, shape[3]] : [shape[0], shape[3]]
    case .zeroPad(let margins):
      let shape = try map(first)
      try margins.requireNonNegative()
      return [shape[0], shape[1] + margins.vertical, shape[2] + margins.horizontal, shape[3]]
    case .add:
      guard inputs.allSatisfy({ $0 == first }) else {
        throw ShapeMismatch("expected maps of one shape to add, found \(inputs)")
      }
      return first
    case .multiply:
      let gate = try map(first)
      guard inputs.count == 2, inputs[1] == first || inputs[1] == [gate[0], 1, 1, gate[3]] else {
        throw ShapeMismatch(
          "expected a map and as many numbers, or one for each of its channels, found \(inputs)")
      }
      return first
    case .concatenate:
      guard inputs.allSatisfy({ $0.dropLast() == first.dropLast() }) else {
        throw ShapeMismatch("expected maps that differ in channels only, found \(inputs)")
      }
      return first.dropLast() + [inputs.reduce(0) { $0 + ($1.last ?? 0) }]
    case .flatten: return [first[0], first.dropFirst().reduce(1, *)]
    case .oneCell:
      guard first.count == 2 else { throw ShapeMismatch("expected [N, C], found \(first)") }
      return [first[0], 1, 1, first[1]]
    }
  }

  private func require(_ count: Int, _ thing: String) throws(ShapeMismatch) {
    guard count > 0 else { throw ShapeMismatch("expected at least 1 \(thing), found \(count)") }
  }

  private func map(_ shape: [Int]) throws(ShapeMismatch) -> [Int] {
    guard shape.count == 4 else { throw ShapeMismatch("expected [N, H, W, C], found \(shape)") }
    return shape
  }
}

/// Inputs that an operation cannot take, or numbers of its own that make no sense.
struct ShapeMismatch: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
