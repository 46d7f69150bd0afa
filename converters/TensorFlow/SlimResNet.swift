extension SlimNetwork {
  /// How many units the four blocks have.
  private static func units(depth: Substring) -> [Int] {
    switch depth {
    case "50": [3, 4, 6, 3]
    case "101": [3, 4, 23, 3]
    default: [3, 8, 36, 3]
    }
  }

  /// Version 1, with a normalisation behind each convolution.
  ///
  /// Block 1 is the paper's conv2.
  static func resNet(depth: Substring) -> [String: Layer] {
    var layers = [
      "conv1": Layer("conv1_conv", norm: "conv1_bn"),
      "logits": Layer("predictions", isMatrix: true),
    ]
    forEachUnit(depth) { block, unit in
      let scope = "block\(block)/unit_\(unit)/bottleneck_v1"
      let name = "conv\(block + 1)_block\(unit)"
      for (part, number) in [("shortcut", 0), ("conv1", 1), ("conv2", 2), ("conv3", 3)]
      where number > 0 || unit == 1 {
        layers["\(scope)/\(part)"] = Layer(
          "\(name)_\(number)_conv", norm: "\(name)_\(number)_bn")
      }
    }
    return layers
  }

  /// Version 2: a normalisation before each unit, and none behind a unit's last convolution.
  static func resNetV2(depth: Substring) -> [String: Layer] {
    var layers = [
      "conv1": Layer("conv1_conv"),
      "postnorm": Layer(nil, norm: "post_bn"),
      "logits": Layer("predictions", isMatrix: true),
    ]
    forEachUnit(depth) { block, unit in
      let scope = "block\(block)/unit_\(unit)/bottleneck_v2"
      let name = "conv\(block + 1)_block\(unit)"
      layers["\(scope)/preact"] = Layer(nil, norm: "\(name)_preact_bn")
      if unit == 1 { layers["\(scope)/shortcut"] = Layer("\(name)_0_conv") }
      layers["\(scope)/conv1"] = Layer("\(name)_1_conv", norm: "\(name)_1_bn")
      layers["\(scope)/conv2"] = Layer("\(name)_2_conv", norm: "\(name)_2_bn")
      layers["\(scope)/conv3"] = Layer("\(name)_3_conv")
    }
    return layers
  }

  private static func forEachUnit(_ depth: Substring, _ body: (Int, Int) -> Void) {
    for (index, count) in units(depth: depth).enumerated() {
      for unit in 1...count { body(index + 1, unit) }
    }
  }
}
