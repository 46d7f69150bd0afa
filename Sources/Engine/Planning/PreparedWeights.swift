internal import COneDNN
internal import Layers
internal import Tensors

/// Where a network's numbers are read from.
protocol ParameterSource: AnyObject {
  /// Changes when values do.
  var version: Int { get }

  /// Whether the parameter can have other values than in an earlier version.
  func mayChange(_ specification: ParameterSpecification) -> Bool

  /// Calls `body` with the values, float32.
  ///
  /// - Throws: ``EngineError`` if there is no such parameter, or it has another shape.
  func withValues<Result>(
    of specification: ParameterSpecification, _ body: (UnsafeBufferPointer<Float>) -> Result
  ) throws(EngineError) -> Result
}

extension ParameterSource {
  func values(of specification: ParameterSpecification) throws(EngineError) -> [Float] {
    try withValues(of: specification) { Array($0) }
  }
}

/// Parameters that stay as they are.
final class StoredParameters: ParameterSource {
  let version = 0
  private let parameters: Parameters

  init(_ parameters: Parameters) { self.parameters = parameters }

  func mayChange(_ specification: ParameterSpecification) -> Bool { false }

  func withValues<Result>(
    of specification: ParameterSpecification, _ body: (UnsafeBufferPointer<Float>) -> Result
  ) throws(EngineError) -> Result {
    guard let tensor = parameters[specification.name] else {
      throw EngineError.missingParameter(specification.name)
    }
    try specification.check(shape: tensor.shape)
    return tensor.converted(to: .float32).withUnsafeBytes { body($0.bindMemory(to: Float.self)) }
  }
}

extension ParameterSpecification {
  func check(shape found: [Int]) throws(EngineError) {
    guard shape == found else {
      throw EngineError.parameterShape(name: name, expected: shape, found: found)
    }
  }
}

/// A network's weights as primitives read them: normalisations folded in, kernels packed.
///
/// Prepared when a plan first asks, shared by all plans whose primitives want the same format, and
/// at addresses that stay the same. Used on the compute thread only.
final class PreparedWeights {
  fileprivate let source: any ParameterSource
  private var preparedVersion: Int
  private var kernels: [FusedGraph.Weights: [PackedKernel]] = [:]
  private var biases: [FusedGraph.Weights: PinnedFloats] = [:]
  private var foldings: [FusedGraph.Normalization: Folding] = [:]
  private var arithmetics: [FusedGraph.ChannelArithmetic: Folding] = [:]
  /// What each output is multiplied by, where that is not its normalisation's factor alone.
  private var scales: [FusedGraph.Weights: PinnedFloats] = [:]

  init(_ source: any ParameterSource) {
    self.source = source
    preparedVersion = source.version
  }

  /// What a normalisation with stored statistics, or other arithmetic, does to each channel.
  final class Folding {
    /// The factor, s = γ / √(σ² + ε) of a normalisation.
    let scale: PinnedFloats
    /// The summand, β − s·μ of a normalisation.
    let shift: PinnedFloats

    fileprivate init(_ values: (scale: [Float], shift: [Float])) {
      (scale, shift) = (PinnedFloats(values.scale), PinnedFloats(values.shift))
    }
  }

  /// The kernel in the format that `primitive` wants.
  func kernel(
    _ weights: FusedGraph.Weights, for primitive: Primitive
  ) throws(EngineError) -> PackedKernel {
    if let packed = kernels[weights]?.first(where: { $0.fits(primitive) }) { return packed }
    let scale = try scale(of: weights)
    let kernel = try source.withValues(of: weights.kernel) { values in
      Result { () throws(EngineError) in
        try PackedKernel(values, scale: scale, for: primitive, layer: weights.kernel.layer)
      }
    }.get()
    kernels[weights, default: []].append(kernel)
    return kernel
  }

  /// The bias with normalisation and factor folded in: b′ = f · (β − s·μ + s·b).
  func bias(_ weights: FusedGraph.Weights, outputs: Int) throws(EngineError) -> PinnedFloats {
    if let bias = biases[weights] { return bias }
    let bias = PinnedFloats(try biasValues(weights, outputs: outputs))
    biases[weights] = bias
    return bias
  }

  func folding(_ normalization: FusedGraph.Normalization) throws(EngineError) -> Folding {
    if let folding = foldings[normalization] { return folding }
    let folding = Folding(try scaleAndShift(normalization))
    foldings[normalization] = folding
    return folding
  }

  /// The factor and the summand that a step's arithmetic comes to.
  func arithmetic(_ arithmetic: FusedGraph.ChannelArithmetic) throws(EngineError) -> Folding {
    if let folding = arithmetics[arithmetic] { return folding }
    let folding = Folding(try scaleAndShift(arithmetic))
    arithmetics[arithmetic] = folding
    return folding
  }

  /// What each output of a product is multiplied by, f · s; nil for 1.
  func scale(of weights: FusedGraph.Weights) throws(EngineError) -> PinnedFloats? {
    if weights.factor == 1 {
      return try weights.normalization.map { normalization throws(EngineError) in
        try folding(normalization).scale
      }
    }
    if let scale = scales[weights] { return scale }
    let scale = PinnedFloats(try scaleValues(weights))
    scales[weights] = scale
    return scale
  }

  /// Prepares anew what is made of parameters that have changed.
  ///
  /// - Throws: ``EngineError`` if a parameter is missing.
  func refresh() throws(EngineError) {
    guard source.version != preparedVersion else { return }
    for (normalization, folding) in foldings
    where normalization.specifications.contains(where: source.mayChange) {
      let values = try scaleAndShift(normalization)
      folding.scale.values = values.scale
      folding.shift.values = values.shift
    }
    for (arithmetic, folding) in arithmetics
    where arithmetic.specifications.contains(where: source.mayChange) {
      let values = try scaleAndShift(arithmetic)
      folding.scale.values = values.scale
      folding.shift.values = values.shift
    }
    for (weights, scale) in scales where weights.specifications.contains(where: source.mayChange) {
      scale.values = try scaleValues(weights)
    }
    for (weights, bias) in biases where weights.specifications.contains(where: source.mayChange) {
      bias.values = try biasValues(weights, outputs: bias.values.count)
    }
    for (weights, kernels) in kernels where weights.specifications.contains(where: source.mayChange)
    {
      let scale = try scale(of: weights)
      try source.withValues(of: weights.kernel) { values in
        for kernel in kernels { kernel.update(values, scale: scale) }
      }
    }
    preparedVersion = source.version
  }

  private func scaleValues(_ weights: FusedGraph.Weights) throws(EngineError) -> [Float] {
    let scale =
      try weights.normalization.map { normalization throws(EngineError) in
        try folding(normalization).scale.values
      } ?? Array(repeating: 1, count: weights.outputs)
    return scale.map { $0 * weights.factor }
  }

  private func biasValues(
    _ weights: FusedGraph.Weights, outputs: Int
  ) throws(EngineError) -> [Float] {
    var values =
      try weights.bias.map { bias throws(EngineError) in try source.values(of: bias) }
      ?? [Float](repeating: 0, count: outputs)
    if let normalization = weights.normalization {
      let folding = try folding(normalization)
      let (scale, shift) = (folding.scale.values, folding.shift.values)
      for index in values.indices { values[index] = shift[index] + scale[index] * values[index] }
    }
    return weights.factor == 1 ? values : values.map { $0 * weights.factor }
  }

  private func scaleAndShift(
    _ normalization: FusedGraph.Normalization
  ) throws(EngineError) -> (scale: [Float], shift: [Float]) {
    let mean = try source.values(of: normalization.mean)
    let variance = try source.values(of: normalization.variance)
    let gamma = try normalization.gamma.map { gamma throws(EngineError) in
      try source.values(of: gamma)
    }
    let beta = try normalization.beta.map { beta throws(EngineError) in
      try source.values(of: beta)
    }
    // In double precision: it costs nothing here, and float32 would round every weight twice.
    let scale = variance.indices.map { channel in
      Double(gamma?[channel] ?? 1)
        / (Double(variance[channel]) + Double(normalization.epsilon)).squareRoot()
    }
    let shift = scale.indices.map { Double(beta?[$0] ?? 0) - scale[$0] * Double(mean[$0]) }
    return (scale.map(Float.init), shift.map(Float.init))
  }
}

extension PreparedWeights {
  /// Keras takes a smaller deviation for this.
  fileprivate static var leastDeviation: Double { 1e-7 }

  /// What several operations on channels come to, in double precision: rounded once.
  fileprivate func scaleAndShift(
    _ arithmetic: FusedGraph.ChannelArithmetic
  ) throws(EngineError) -> (scale: [Float], shift: [Float]) {
    var scale = [Double](repeating: 1, count: arithmetic.channels)
    var shift = [Double](repeating: 0, count: arithmetic.channels)
    for operation in arithmetic.operations {
      switch operation {
      case .normalize(let mean, let variance):
        let (means, variances) = (try source.values(of: mean), try source.values(of: variance))
        for channel in scale.indices {
          let deviation = max(Double(variances[channel]).squareRoot(), Self.leastDeviation)
          scale[channel] /= deviation
          shift[channel] = (shift[channel] - Double(means[channel])) / deviation
        }
      case .rescale(let factors, let offsets):
        for channel in scale.indices {
          let index = factors.count == 1 ? 0 : channel
          scale[channel] *= Double(factors[index])
          shift[channel] = shift[channel] * Double(factors[index]) + Double(offsets[index])
        }
      }
    }
    return (scale.map(Float.init), shift.map(Float.init))
  }
}

/// A kernel in the format of one primitive.
final class PackedKernel {
  private let handle: OpaquePointer

  /// Packs a kernel `[height, width, in, out]` or `[in, out]`, each output times its scale.
  init(
    _ values: UnsafeBufferPointer<Float>, scale: PinnedFloats?, for primitive: Primitive,
    layer: String
  ) throws(EngineError) {
    var failure = onednn_error()
    guard
      let handle = onednn_kernel_create(
        primitive.handle, values.baseAddress, scale?.start, &failure)
    else { throw EngineError.operation(layer: layer, reason: failure.text) }
    self.handle = handle
  }

  deinit { onednn_kernel_destroy(handle) }

  func fits(_ primitive: Primitive) -> Bool { onednn_kernel_fits(handle, primitive.handle) }

  /// Packs other values in the place of those before.
  func update(_ values: UnsafeBufferPointer<Float>, scale: PinnedFloats?) {
    onednn_kernel_update(handle, values.baseAddress, scale?.start)
  }

  var bytes: UnsafeRawPointer { onednn_kernel_bytes(handle) }
}
