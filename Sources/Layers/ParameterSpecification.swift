/// The name and the shape of one tensor that a network reads.
public struct ParameterSpecification: Hashable, Sendable, CustomStringConvertible {
  /// The layer's name in Keras, for example `conv1_bn`.
  public let layer: String
  /// The variable's name in Keras 3: `kernel`, `depthwise_kernel`, `pointwise_kernel`, `bias`, `gamma`,
  /// `beta`, `moving_mean`, `moving_variance`, `mean`, `variance` or `count`.
  public let variable: String
  public let shape: [Int]

  public init(layer: String, variable: String, shape: [Int]) {
    (self.layer, self.variable, self.shape) = (layer, variable, shape)
  }

  /// The tensor's name among a network's parameters, `layer/variable`.
  public var name: String { "\(layer)/\(variable)" }

  /// How many numbers the tensor holds.
  public var count: Int { shape.reduce(1, *) }

  /// Whether it was measured on data, so that no gradient changes it.
  public var isStatistic: Bool {
    ["moving_mean", "moving_variance", "mean", "variance", "count"].contains(variable)
  }

  public var description: String { "\(name) \(shape)" }
}
