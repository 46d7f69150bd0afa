internal import COneDNN
internal import Layers

extension onednn_map {
  /// A map `[N, H, W, C]`, or a matrix `[N, C]` as a map of one cell an image.
  init(shape: [Int], type: onednn_type) {
    let shape = shape.map(Int64.init)
    let (height, width) = shape.count == 4 ? (shape[1], shape[2]) : (1, 1)
    self.init(
      batch: shape[0], height: height, width: width, channels: shape[shape.count - 1], type: type)
  }

  /// The same cells one below the other.
  var flattened: onednn_map {
    onednn_map(batch: 1, height: batch * height * width, width: 1, channels: channels, type: type)
  }

  var byteCount: Int {
    Int(batch * height * width * channels) * (type == ONEDNN_BFLOAT16 ? 2 : 4)
  }
}

extension onednn_window {
  init(_ window: Window) {
    self.init(
      height: Int64(window.size.height), width: Int64(window.size.width),
      stride: Int64(window.stride), dilation: Int64(window.dilation),
      top: Int64(window.margins.top), left: Int64(window.margins.left),
      bottom: Int64(window.margins.bottom), right: Int64(window.margins.right))
  }
}

extension onednn_activation {
  init(_ activation: Activation?) {
    self =
      switch activation {
      case .relu: ONEDNN_RELU
      case .relu6: ONEDNN_RELU6
      case .sigmoid: ONEDNN_SIGMOID
      case .swish: ONEDNN_SWISH
      case .hardSigmoid: ONEDNN_HARD_SIGMOID
      case .hardSwish: ONEDNN_HARD_SWISH
      case .softmax, nil: ONEDNN_IDENTITY
      }
  }
}

extension onednn_local_response {
  init(_ response: LocalResponse) {
    self.init(
      radius: Int64(response.radius), bias: response.bias, alpha: response.alpha,
      beta: response.beta)
  }
}

extension Precision {
  /// The type of numbers between steps.
  var type: onednn_type { self == .bfloat16 ? ONEDNN_BFLOAT16 : ONEDNN_FLOAT32 }
}
