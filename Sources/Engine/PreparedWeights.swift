internal import COneDNN
internal import Layers
internal import Tensors

/// A network's weights as primitives read them: normalisations folded in, kernels packed.
///
/// Prepared when a plan first asks, shared by all plans whose primitives want the same format. Used
/// on the compute thread only.
final class PreparedWeights {
  private let parameters: Parameters
  private var kernels: [FusedGraph.Weights: [PackedKernel]] = [:]
  private var biases: [FusedGraph.Weights: PinnedFloats] = [:]

  init(_ parameters: Parameters) { self.parameters = parameters }

  /// The kernel in the format that `primitive` wants.
  func kernel(
    _ weights: FusedGraph.Weights, for primitive: Primitive
  ) throws(EngineError) -> PackedKernel {
    if let packed = kernels[weights]?.first(where: { $0.fits(primitive) }) { return packed }
    let scale = try weights.normalization.map { normalization throws(EngineError) in
      try scaleAndShift(normalization).scale
    }
    let kernel = try PackedKernel(
      parameter(weights.kernel), scale: scale, for: primitive, layer: weights.kernel.layer)
    kernels[weights, default: []].append(kernel)
    return kernel
  }

  /// The bias with the normalisation folded in: b′ = β − s·μ + s·b.
  func bias(_ weights: FusedGraph.Weights, outputs: Int) throws(EngineError) -> PinnedFloats {
    if let bias = biases[weights] { return bias }
    var values =
      try weights.bias.map { bias throws(EngineError) in try parameter(bias).floats }
      ?? [Float](repeating: 0, count: outputs)
    if let normalization = weights.normalization {
      let (scale, shift) = try scaleAndShift(normalization)
      for index in values.indices { values[index] = shift[index] + scale[index] * values[index] }
    }
    let bias = PinnedFloats(values)
    biases[weights] = bias
    return bias
  }

  /// What a normalisation does to a channel: s = γ / √(σ² + ε), and β − s·μ.
  func scaleAndShift(
    _ normalization: FusedGraph.Normalization
  ) throws(EngineError) -> (scale: [Float], shift: [Float]) {
    let mean = try parameter(normalization.mean).floats
    let variance = try parameter(normalization.variance).floats
    let gamma = try normalization.gamma.map { gamma throws(EngineError) in
      try parameter(gamma).floats
    }
    let beta = try normalization.beta.map { beta throws(EngineError) in
      try parameter(beta).floats
    }
    // In double precision: it costs nothing here, and float32 would round every weight twice.
    let scale = variance.indices.map { channel in
      Double(gamma?[channel] ?? 1)
        / (Double(variance[channel]) + Double(normalization.epsilon)).squareRoot()
    }
    let shift = scale.indices.map { Double(beta?[$0] ?? 0) - scale[$0] * Double(mean[$0]) }
    return (scale.map(Float.init), shift.map(Float.init))
  }

  private func parameter(_ specification: ParameterSpecification) throws(EngineError) -> Tensor {
    guard let tensor = parameters[specification.name] else {
      throw EngineError.missingParameter(specification.name)
    }
    guard tensor.shape == specification.shape else {
      throw EngineError.parameterShape(
        name: specification.name, expected: specification.shape, found: tensor.shape)
    }
    return tensor.converted(to: .float32)
  }
}

/// A kernel in the format of one primitive.
final class PackedKernel {
  private let handle: OpaquePointer

  /// Packs a kernel `[height, width, in, out]` or `[in, out]`, each output times its scale.
  init(
    _ kernel: Tensor, scale: [Float]?, for primitive: Primitive, layer: String
  ) throws(EngineError) {
    var packed: OpaquePointer?
    var failure = onednn_error()
    kernel.withUnsafeBytes { values in
      let values = values.baseAddress?.assumingMemoryBound(to: Float.self)
      if let scale {
        scale.withUnsafeBufferPointer {
          packed = onednn_kernel_create(primitive.handle, values, $0.baseAddress, &failure)
        }
      } else {
        packed = onednn_kernel_create(primitive.handle, values, nil, &failure)
      }
    }
    guard let packed else { throw EngineError.operation(layer: layer, reason: failure.text) }
    handle = packed
  }

  deinit { onednn_kernel_destroy(handle) }

  func fits(_ primitive: Primitive) -> Bool { onednn_kernel_fits(handle, primitive.handle) }

  var bytes: UnsafeRawPointer { onednn_kernel_bytes(handle) }
}
