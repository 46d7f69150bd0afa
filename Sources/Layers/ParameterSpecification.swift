/// The name and the shape of one tensor that a network reads.
public struct ParameterSpecification: Hashable, Sendable, CustomStringConvertible {
  /// The layer's name in Keras, for example `conv1_bn`.
  public let layer: String
  /// The variable's name in Keras 3, for example `kernel`, `bias`, `gamma` or `moving_mean`.
  public let variable: String
  public let shape: [Int]

  public init(layer: String, variable: String, shape: [Int]) {
    (self.layer, self.variable, self.shape) = (layer, variable, shape)
  }

  /// The tensor's name among a network's parameters, `layer/variable`.
  public var name: String { "\(layer)/\(variable)" }

  /// How many numbers the tensor holds.
  public var count: Int { shape.reduce(1, *) }

  /// Whether inputs are multiplied by it: `kernel`, and of a separable convolution
  /// `depthwise_kernel` and `pointwise_kernel`.
  public var isKernel: Bool { variable.hasSuffix("kernel") }

  /// Whether it is measured rather than learned: no gradient changes it.
  public var isStatistic: Bool {
    ["moving_mean", "moving_variance", "mean", "variance", "count"].contains(variable)
  }

  /// The number that a scale, a variance or a shift is without effect at: 1 or 0.
  public var neutralValue: Float {
    ["gamma", "moving_variance", "variance"].contains(variable) ? 1 : 0
  }

  public var description: String { "\(name) \(shape)" }
}
