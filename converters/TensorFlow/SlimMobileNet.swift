extension SlimNetwork {
  static func mobileNet() -> [String: Layer] {
    var layers = [
      "Conv2d_0": Layer("conv1", norm: "conv1_bn"),
      "Logits/Conv2d_1c_1x1": Layer("conv_preds"),
    ]
    for unit in 1...13 {
      layers["Conv2d_\(unit)_depthwise"] = Layer("conv_dw_\(unit)", norm: "conv_dw_\(unit)_bn")
      layers["Conv2d_\(unit)_pointwise"] = Layer("conv_pw_\(unit)", norm: "conv_pw_\(unit)_bn")
    }
    return layers
  }

  /// The first unit does not expand, and has no number in either.
  static func mobileNetV2() -> [String: Layer] {
    var layers = [
      "Conv": Layer("Conv1", norm: "bn_Conv1"),
      "Conv_1": Layer("Conv_1", norm: "Conv_1_bn"),
      "Logits/Conv2d_1c_1x1": Layer("predictions", isMatrix: true),
    ]
    for unit in 0...16 {
      let scope = unit == 0 ? "expanded_conv" : "expanded_conv_\(unit)"
      let name = unit == 0 ? "expanded_conv" : "block_\(unit)"
      for part in unit == 0 ? ["depthwise", "project"] : ["expand", "depthwise", "project"] {
        layers["\(scope)/\(part)"] = Layer("\(name)_\(part)", norm: "\(name)_\(part)_BN")
      }
    }
    return layers
  }
}
