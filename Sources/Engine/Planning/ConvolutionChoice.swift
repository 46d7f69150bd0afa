internal import COneDNN
internal import Layers

/// Which of oneDNN's implementations a convolution runs on.
///
/// oneDNN takes the first that can do the job. On AVX-512 without AMX that is not always the
/// fastest; the rules are the measurements in `Benchmarks/RESULTS.md`, and depend on nothing but
/// the operation, so that two runs agree to the bit.
struct ConvolutionChoice {
  let window: Window
  let groups: Int
  let inputs: Int
  let outputs: Int
  let precision: Precision
  /// Whether the result is added to a residual.
  let isSum: Bool

  /// How the name of the implementation of the source's gradient begins, or nil for oneDNN's own choice.
  ///
  /// oneDNN 3.2's takes ten times as long for a depthwise convolution of stride 2.
  var preferredDataGradient: String? { isDepthwise ? "jit_dw:avx512" : nil }

  private var isDepthwise: Bool { groups == inputs && groups > 1 }

  /// How the name of the implementation begins, or nil for oneDNN's own choice.
  var preferredImplementation: String? {
    if isDepthwise { return "jit_dw:avx512" }
    guard groups == 1 else { return nil }
    let isPointwise = window.size == 1
    switch precision {
    case .bfloat16:
      // With AMX the first is the fastest.
      if onednn_has_amx() { return nil }
      if inputs <= 4 { return "jit_bf16:" }
      guard isPointwise else { return nil }
      if window.stride > 1 && inputs <= 256 { return "jit_bf16:" }
      // The products of oneDNN 2.6's brgemm take twice as long where they end in a sum.
      if isSum || window.stride > 1 { return "jit_bf16_1x1:" }
      return outputs >= inputs && inputs < 512 ? "jit_bf16_1x1:" : nil
    case .float32:
      guard isPointwise && isSum && inputs <= 256 else { return nil }
      return inputs <= 64 ? "jit:avx512" : "jit_1x1:avx512"
    }
  }
}
