import COneDNN
import Engine
import Layers
import Tensors
import Testing

/// oneDNN 2.6.3 never returns from making the bfloat16 kernel gradient of a 3×3 convolution of
/// stride 1 on maps about 800 wide or more.
@Suite struct WideConvolutionGradientTests {
  @Test(
    "bfloat16 gradients of wide maps are float32's but for rounding",
    .enabled(if: onednn_has_bfloat16()), arguments: [800, 1000, 1333], [3, 16])
  func wide(width: Int, channels: Int) throws {
    let stages = [
      Stage("case") {
        Conv2D("conv_1", 3, 8)
        Conv2D("conv_2", 3, channels, dilation: 2)
      }
    ]
    let test = try DifferentiableCase(stages, shape: [1, 3, width, channels], seed: 4)
    let single = try test.run(precision: .float32)
    let half = try test.run(precision: .bfloat16)
    var pairs = try single.gradients.map { name, gradient in
      (name, gradient, try #require(half.gradients[name]))
    }
    pairs.append(("input", try #require(single.input), try #require(half.input)))
    for (name, gradient, rounded) in pairs {
      // Activations, kernels and gradients round to 8 bits, 1.1e-3 each in the mean square, and up
      // to five of them come together; a sum of rounded products is off by no more than they are.
      #expect(relativeDifference(rounded.floats, gradient.doubles) <= 1e-2, "\(name)")
    }
  }
}
