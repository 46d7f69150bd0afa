internal import COneDNN
internal import Glibc
public import Tensors

/// Changes a network's trainable parameters by their gradients.
///
/// An update reads each parameter, its gradient and its state once and writes it once, on as many
/// threads as ``ComputeThread/threadLimit`` says; the results do not depend on their number.
///
/// Unchecked: mutable parts are touched on the compute thread only.
public final class Optimizer: @unchecked Sendable {
  private let method: OptimizationMethod
  private let clipNorm: Float?
  private let parameters: TrainableParameters
  private let slots: [Slot]
  private var step = 0

  private static let stepName = "optimizer/step"

  /// Makes an optimiser whose state is all zero.
  ///
  /// - Parameters:
  ///   - method: How gradients become changes.
  ///   - parameters: What to update: those that train.
  ///   - clipNorm: The largest norm, over the gradients of all parameters together, that is taken as
  ///     it is. Larger gradients are scaled by clipNorm / (norm + 10⁻⁶), as PyTorch's
  ///     `clip_grad_norm_` does, before decay is added. None: never.
  ///   - rule: Called once for the name of each trainable parameter.
  public init(
    _ method: OptimizationMethod, for parameters: TrainableParameters, clipNorm: Float? = nil,
    rule: (_ parameterName: String) -> UpdateRule = { _ in UpdateRule() }
  ) {
    method.checkArguments()
    if let clipNorm { precondition(clipNorm > 0, "clipNorm is above 0, not \(clipNorm)") }
    (self.method, self.parameters, self.clipNorm) = (method, parameters, clipNorm)
    slots = parameters.trainable.map { parameter in
      let rule = rule(parameter.name)
      precondition(
        rule.rateMultiplier >= 0 && rule.weightDecay >= 0
          && rule.rateMultiplier.isFinite && rule.weightDecay.isFinite,
        "the rule of \(parameter.name) has a negative or infinite number: \(rule)")
      return Slot(parameter, rule: rule, moments: method.moments)
    }
  }

  /// Updates every trainable parameter by its gradient, and clears the gradients.
  ///
  /// A parameter that no pullback reached has a gradient of zeros: decay and momentum still act.
  ///
  /// - Parameter rate: The learning rate, 0 or more, before the parameters' multipliers.
  /// - Returns: The norm over all gradients together, before clipping and decay.
  /// - Throws: ``EngineError/nonFiniteGradient(parameter:)`` if a gradient is infinite or not a
  ///   number. Values, gradients and state are then as they were.
  @discardableResult
  public func update(rate: Float) throws(EngineError) -> Float {
    precondition(rate >= 0 && rate.isFinite, "a learning rate is 0 or more, not \(rate)")
    return try ComputeThread.shared.run { () throws(EngineError) -> Float in
      onednn_set_thread_count(Int32(ComputeThread.shared.threads.count))
      let updates = slots.map { $0.update(rate: rate) }
      let norm = try gradientNorm(updates)
      apply(updates, scale: scale(norm: norm))
      parameters.finishUpdate()
      return Float(norm)
    }
  }

  /// A copy of what the optimiser remembers: `conv1/kernel/momentum`, or for Adam
  /// `conv1/kernel/first_moment` and `…/second_moment`, and `optimizer/step`.
  ///
  /// Moments are float32 of their parameters' shapes, the count of steps a single float64.
  public var state: Parameters {
    ComputeThread.shared.run {
      var state = Parameters()
      for slot in slots {
        for moment in slot.moments { state[moment.name] = moment.tensor(shape: slot.shape) }
      }
      state[Self.stepName] = Tensor(shape: [], elementType: .float64) {
        $0.storeBytes(of: Double(step), as: Double.self)
      }
      return state
    }
  }

  /// Takes over a state that an optimiser of the same method and parameters has given.
  ///
  /// - Parameter state: As ``state`` gives it; updates then go on bit for bit.
  /// - Throws: ``EngineError/optimizerState(name:expected:found:)`` if a tensor is missing, left
  ///   over, or of another shape or type. The optimiser is then as it was.
  public func restore(_ state: Parameters) throws(EngineError) {
    try ComputeThread.shared.run { () throws(EngineError) in
      var expected: Set = [Self.stepName]
      for slot in slots {
        for moment in slot.moments {
          _ = try Self.tensor(moment.name, shape: slot.shape, type: .float32, in: state)
          expected.insert(moment.name)
        }
      }
      let count = try Self.tensor(Self.stepName, shape: [], type: .float64, in: state)
        .withUnsafeBytes { $0.load(as: Double.self) }
      guard let restoredStep = Int(exactly: count), restoredStep >= 0 else {
        throw EngineError.optimizerState(
          name: Self.stepName, expected: "a whole number of 0 or more", found: "\(count)")
      }
      if let name = state.names.first(where: { !expected.contains($0) }) {
        throw EngineError.optimizerState(name: name, expected: "no such tensor", found: "one")
      }
      for slot in slots {
        for moment in slot.moments { state[moment.name].map(moment.copy) }
      }
      step = restoredStep
    }
  }

  private static func tensor(
    _ name: String, shape: [Int], type: ElementType, in state: Parameters
  ) throws(EngineError) -> Tensor {
    guard let tensor = state[name] else {
      throw EngineError.optimizerState(name: name, expected: "\(type) \(shape)", found: "nothing")
    }
    guard tensor.shape == shape, tensor.elementType == type else {
      throw EngineError.optimizerState(
        name: name, expected: "\(type) \(shape)", found: "\(tensor.elementType) \(tensor.shape)")
    }
    return tensor
  }
}

extension Optimizer {
  private func gradientNorm(_ updates: [onednn_update]) throws(EngineError) -> Double {
    let counts = updates.map { Int(onednn_update_chunk_count($0.count)) }
    var sums = [Double](repeating: 0, count: counts.reduce(0, +))
    onednn_update_squares(updates, Int32(updates.count), &sums)
    var total = 0.0
    var chunk = 0
    for (slot, count) in zip(slots, counts) {
      for sum in sums[chunk..<chunk + count] {
        guard sum.isFinite else {
          throw EngineError.nonFiniteGradient(parameter: slot.parameter.name)
        }
        total += sum
      }
      chunk += count
    }
    return total.squareRoot()
  }

  private func scale(norm: Double) -> Float {
    guard let clipNorm else { return 1 }
    return Float(min(1, Double(clipNorm) / (norm + 1e-6)))
  }

  private func apply(_ updates: [onednn_update], scale: Float) {
    step += 1
    switch method {
    case .sgd(let momentum, let nesterov):
      onednn_update_sgd(updates, Int32(updates.count), scale, momentum, nesterov)
    case .adam(let beta1, let beta2, let epsilon):
      onednn_update_adam(
        updates, Int32(updates.count), scale, beta1, beta2, epsilon,
        1 - pow(Double(beta1), Double(step)), 1 - pow(Double(beta2), Double(step)))
    }
  }
}

/// One trainable parameter with what is kept of it.
private struct Slot {
  let parameter: TrainableParameter
  let rule: UpdateRule
  let moments: [Moment]

  init(_ parameter: TrainableParameter, rule: UpdateRule, moments: [String]) {
    (self.parameter, self.rule) = (parameter, rule)
    self.moments = moments.map {
      Moment(name: "\(parameter.name)/\($0)", count: parameter.count)
    }
  }

  var shape: [Int] { parameter.shape }

  func update(rate: Float) -> onednn_update {
    onednn_update(
      values: parameter.values.baseAddress,
      gradients: parameter.hasGradient ? UnsafePointer(parameter.gradients.baseAddress) : nil,
      first: moments.first?.numbers.baseAddress,
      second: moments.dropFirst().first?.numbers.baseAddress,
      count: Int64(parameter.count), rate: rate * rule.rateMultiplier, decay: rule.weightDecay)
  }
}

/// A number kept for each number of a parameter, at first zero.
private final class Moment {
  let name: String
  let numbers: UnsafeMutableBufferPointer<Float>

  init(name: String, count: Int) {
    self.name = name
    numbers = UnsafeMutableRawBufferPointer.allocate(
      byteCount: count * MemoryLayout<Float>.stride, alignment: 64
    ).bindMemory(to: Float.self)
    numbers.initialize(repeating: 0)
  }

  deinit { numbers.deallocate() }

  func tensor(shape: [Int]) -> Tensor {
    Tensor(shape: shape) { $0.copyMemory(from: UnsafeRawBufferPointer(numbers)) }
  }

  func copy(_ tensor: Tensor) {
    tensor.withUnsafeBytes { UnsafeMutableRawBufferPointer(numbers).copyMemory(from: $0) }
  }
}
