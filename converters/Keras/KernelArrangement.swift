internal import HDF5
internal import Importing

/// How the kernels of an old file come into today's order.
///
/// Keras 1 has kernels as `[out, in, height, width]` where maps are channels × height × width, and
/// Theano, on any version, convolves with kernels that are mirrored along both sides. After a network
/// of channels × height × width is flattened, the rows of the first matrix go by channels first.
struct KernelArrangement {
  /// Whether kernels are `[out, in, height, width]`.
  let isOutputFirst: Bool
  let isFlipped: Bool
  private let flattensChannelsFirst: Bool

  /// - Parameters:
  ///   - layers: All layers of the file.
  ///   - mayBeOutputFirst: Whether the version knew such kernels, as Keras 1 did.
  ///   - isFlipped: Whether Theano trained the kernels.
  ///   - flattensChannelsFirst: Whether maps of channels × height × width are flattened, if the file
  ///     says.
  init(
    layers: [KerasLayer], mayBeOutputFirst: Bool, isFlipped: Bool,
    flattensChannelsFirst: Bool? = nil
  ) {
    self.isFlipped = isFlipped
    isOutputFirst = mayBeOutputFirst && layers.reduce(0) { $0 + Self.evidence(of: $1) } > 0
    // Keras 1 lays kernels out like maps.
    self.flattensChannelsFirst = flattensChannelsFirst ?? isOutputFirst
  }

  /// Whether a layer's kernel looks like `[out, in, height, width]`, 1, or the other way round, −1.
  private static func evidence(of layer: KerasLayer) -> Int {
    guard let shape = layer.weights.first(where: { $0.variable == "kernel" })?.dataset.shape,
      shape.count == 4
    else { return 0 }
    let bias = layer.weights.first { $0.variable == "bias" }?.dataset.shape.first
    if let bias, (bias == shape[0]) != (bias == shape[3]) { return bias == shape[0] ? 1 : -1 }
    let (first, last) = (shape[0] * shape[1], shape[2] * shape[3])
    return (first - last).signum()
  }

  /// A layer with the order of its numbers.
  func applied(to layer: KerasLayer) -> KerasLayer {
    var layer = layer
    for index in layer.weights.indices where layer.weights[index].variable == "kernel" {
      let weight = layer.weights[index]
      switch weight.dataset.shape.count {
      case 4:
        // Keras itself turned the kernels of depthwise convolutions for Theano.
        let isDepthwise = weight.layerClass == "depthwise_conv2d"
        let flip = isFlipped && !isDepthwise
        var steps: [TensorLayout.Step] = isOutputFirst ? [.permute([2, 3, 1, 0])] : []
        steps += flip ? [.flip([0, 1])] : []
        if steps.isEmpty { continue }
        layer.weights[index].layout = TensorLayout(steps)
        let done =
          (isOutputFirst ? ["transposed from [out, in, height, width]"] : [])
          + (flip ? ["mirrored, as Theano convolves"] : [])
        layer.weights[index].rule =
          ([weight.rule].compactMap { $0 } + done).joined(separator: "; ")
      case 2: layer.weights[index].readsChannelsFirst = flattensChannelsFirst
      default: break
      }
    }
    return layer
  }

  /// What was done, for the user to know.
  var warnings: [String] {
    var done: [String] = []
    if isOutputFirst { done.append("are transposed from [out, in, height, width]") }
    if isFlipped {
      done.append("are mirrored along both sides, because Theano convolves with them so")
    }
    var warnings = done.isEmpty ? [] : ["kernels \(done.joined(separator: ", and "))"]
    if flattensChannelsFirst {
      warnings.append(
        "the network's maps were channels × height × width, so the rows of a matrix after flattening "
          + "are put into the order height × width × channels")
    }
    return warnings
  }
}
