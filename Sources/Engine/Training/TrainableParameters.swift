internal import Layers
public import Tensors

/// A network's parameters while they train: float32 values and, for what trains, gradients.
///
/// Shared by all plans of a network and by an optimiser, which alone changes the values.
///
/// Unchecked: the numbers are touched on the compute thread only.
public final class TrainableParameters: @unchecked Sendable {
  private let parameters: [TrainableParameter]
  private let indices: [String: Int]
  /// Changes with the values: what was made of them before is out of date.
  private(set) var version = 0

  /// Takes over a network's parameters.
  ///
  /// - Parameters:
  ///   - parameters: All that the network reads; other types than float32 are converted.
  ///   - trainable: The names of those that change. The rest, statistics too, keep every bit.
  /// - Throws: ``EngineError/missingParameter(_:)`` if a trainable name is not among the parameters.
  public init(_ parameters: Parameters, trainable: Set<String>) throws(EngineError) {
    if let name = trainable.subtracting(parameters.names).min() {
      throw EngineError.missingParameter(name)
    }
    self.parameters = parameters.map { name, tensor in
      TrainableParameter(name: name, tensor, isTrainable: trainable.contains(name))
    }
    indices = Dictionary(
      uniqueKeysWithValues: parameters.names.enumerated().map { ($0.element, $0.offset) })
  }

  /// The names of all parameters, in order.
  public var names: [String] { parameters.map(\.name) }

  /// The parameters that train, in order.
  var trainable: [TrainableParameter] { parameters.filter(\.isTrainable) }

  /// A copy of every parameter's present value.
  public var values: Parameters {
    ComputeThread.shared.run {
      parameters.reduce(into: Parameters()) { $0[$1.name] = $1.value }
    }
  }

  /// A copy of what pullbacks have added up since the last update, or nil if the parameter does not
  /// train.
  public func gradient(of name: String) -> Tensor? {
    ComputeThread.shared.run { self[name]?.gradient }
  }

  /// Sets all gradients to zero.
  public func clearGradients() {
    ComputeThread.shared.run {
      for parameter in parameters { parameter.hasGradient = false }
    }
  }

  subscript(name: String) -> TrainableParameter? { indices[name].map { parameters[$0] } }

  /// The parameter of that name and shape.
  func parameter(
    _ specification: ParameterSpecification
  ) throws(EngineError) -> TrainableParameter {
    guard let parameter = self[specification.name] else {
      throw EngineError.missingParameter(specification.name)
    }
    try specification.check(shape: parameter.shape)
    return parameter
  }

  /// Notes that stored statistics have moved.
  func finishMove(of statistics: [TrainableParameter]) {
    version += 1
    for statistic in statistics { statistic.isMoved = true }
  }

  /// Notes that values have changed and gradients have been used up.
  func finishUpdate() {
    version += 1
    for parameter in parameters { parameter.hasGradient = false }
  }
}

extension TrainableParameters: ParameterSource {
  func mayChange(_ specification: ParameterSpecification) -> Bool {
    self[specification.name].map { $0.isTrainable || $0.isMoved } ?? false
  }

  func withValues<Result>(
    of specification: ParameterSpecification, _ body: (UnsafeBufferPointer<Float>) -> Result
  ) throws(EngineError) -> Result {
    body(UnsafeBufferPointer(try parameter(specification).values))
  }
}

/// One parameter at an address that stays the same.
final class TrainableParameter {
  let name: String
  let shape: [Int]
  let values: UnsafeMutableBufferPointer<Float>
  /// Sums over pullbacks, empty if the parameter does not train.
  ///
  /// The numbers mean nothing while ``hasGradient`` is false.
  let gradients: UnsafeMutableBufferPointer<Float>
  /// Whether something has been added since the last update.
  ///
  /// Until then the gradient is zero, and the first pullback writes where later ones add.
  var hasGradient = false
  /// Whether it is a statistic that runs have moved.
  var isMoved = false

  init(name: String, _ tensor: Tensor, isTrainable: Bool) {
    (self.name, shape) = (name, tensor.shape)
    values = .allocateAligned(count: tensor.count)
    gradients = .allocateAligned(count: isTrainable ? tensor.count : 0)
    tensor.converted(to: .float32).withUnsafeBytes {
      UnsafeMutableRawBufferPointer(values).copyMemory(from: $0)
    }
  }

  deinit {
    values.deallocate()
    gradients.deallocate()
  }

  var count: Int { values.count }
  var isTrainable: Bool { !gradients.isEmpty }
  var start: UnsafePointer<Float>? { UnsafePointer(values.baseAddress) }

  /// Adds to the gradient, if the parameter trains.
  func addGradient(_ number: (_ index: Int) -> Float) {
    guard isTrainable else { return }
    for index in gradients.indices {
      gradients[index] = hasGradient ? gradients[index] + number(index) : number(index)
    }
    hasGradient = true
  }

  /// A copy of the values.
  var value: Tensor { Tensor(shape: shape) { $0.copyMemory(from: UnsafeRawBufferPointer(values)) } }

  /// A copy of the gradient, or nil if the parameter does not train.
  var gradient: Tensor? {
    guard isTrainable else { return nil }
    guard hasGradient else { return Tensor(zeros: shape) }
    return Tensor(shape: shape) { $0.copyMemory(from: UnsafeRawBufferPointer(gradients)) }
  }
}

extension UnsafeMutableBufferPointer<Float> {
  /// Uninitialised memory that begins at a cache line.
  fileprivate static func allocateAligned(count: Int) -> Self {
    let bytes = allocateLargePages(byteCount: count * MemoryLayout<Float>.stride)
    return Self(start: bytes.bindMemory(to: Float.self, capacity: count), count: count)
  }
}
