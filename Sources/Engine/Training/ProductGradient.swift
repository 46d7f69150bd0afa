internal import COneDNN
internal import Layers

/// Hands the gradient of a step's kernel and bias on to the parameters that they were made of.
///
/// With s = γ / √(σ² + ε) and a factor f the step multiplies by W′ = f·s·W and adds
/// b′ = f·(β − s·μ + s·b). So ∂L/∂W = f·s·∂L/∂W′, ∂L/∂b = f·s·∂L/∂b′, ∂L/∂β = f·∂L/∂b′ and, for each
/// channel, ∂L/∂γ = f·(⟨∂L/∂W′, W⟩ + (b − μ)·∂L/∂b′) / √(σ² + ε). Without a normalisation s is 1.
final class ProductGradient {
  private let kernel: TrainableParameter
  private let bias: TrainableParameter?
  private let normalization: Normalization?
  /// f·s of each output; nil for 1.
  private let scale: PinnedFloats?
  private let factor: Float
  private let outputs: Int
  private var products: [Double]

  private struct Normalization {
    let epsilon: Float
    let gamma: TrainableParameter?
    let beta: TrainableParameter?
    let mean: TrainableParameter
    let variance: TrainableParameter
  }

  init(
    _ weights: FusedGraph.Weights, outputs: Int, in parameters: TrainableParameters,
    prepared: PreparedWeights
  ) throws(EngineError) {
    func find(_ specification: ParameterSpecification) throws(EngineError) -> TrainableParameter {
      try parameters.parameter(specification)
    }
    self.outputs = outputs
    kernel = try find(weights.kernel)
    bias = try weights.bias.map(find)
    normalization = try weights.normalization.map { normalization throws(EngineError) in
      Normalization(
        epsilon: normalization.epsilon, gamma: try normalization.gamma.map(find),
        beta: try normalization.beta.map(find), mean: try find(normalization.mean),
        variance: try find(normalization.variance))
    }
    scale = try prepared.scale(of: weights)
    factor = weights.factor
    let scaleTrains = normalization?.gamma?.isTrainable ?? false
    products = Array(repeating: 0, count: scaleTrains ? outputs : 0)
  }

  /// Adds to the parameters' gradients.
  ///
  /// - Parameters:
  ///   - packed: The kernel's gradient as `primitive` left it.
  ///   - biasGradient: One number for each output.
  ///   - primitive: What computed them; nil if the kernel's gradient has the kernel's own order.
  func add(packed: UnsafeRawPointer, biasGradient: UnsafeRawPointer, from primitive: Primitive?) {
    let shift = biasGradient.assumingMemoryBound(to: Float.self)
    let trains = kernel.isTrainable
    products.withUnsafeMutableBufferPointer { products in
      guard trains || !products.isEmpty else { return }
      onednn_kernel_gradient_unpack(
        primitive?.handle, Int64(kernel.count / outputs), Int64(outputs),
        packed.assumingMemoryBound(to: Float.self),
        onednn_kernel_gradient(
          scale: scale?.start, gradient: trains ? kernel.gradients.baseAddress : nil,
          adds: kernel.hasGradient, kernel: kernel.start,
          products: products.isEmpty ? nil : products.baseAddress))
    }
    if trains { kernel.hasGradient = true }
    bias?.addGradient { (scale?.start?[$0] ?? 1) * shift[$0] }
    guard let normalization else { return }
    normalization.beta?.addGradient { factor * shift[$0] }
    normalization.gamma?.addGradient { channel in
      let offset = (bias?.values[channel] ?? 0) - normalization.mean.values[channel]
      let deviation =
        (Double(normalization.variance.values[channel]) + Double(normalization.epsilon))
        .squareRoot()
      let sum = products[channel] + Double(offset) * Double(shift[channel])
      return Float(Double(factor) * sum / deviation)
    }
  }
}
