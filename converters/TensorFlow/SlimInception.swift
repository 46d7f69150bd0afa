/// Slim's Inception networks.
///
/// Versions 1 and 2 have slim's names in this package, with `_` for `/`. The later ones have Keras's
/// numbers, `conv2d`, `conv2d_1`, …, in the order in which both make the convolutions: modules one
/// after another, their branches one after another. So each table below is a list of scopes in that
/// order.
extension SlimNetwork {
  static func inceptionV1() -> [String: Layer] {
    let modules = ["3b", "3c", "4b", "4c", "4d", "4e", "4f", "5b", "5c"]
    var scopes = ["Conv2d_1a_7x7", "Conv2d_2b_1x1", "Conv2d_2c_3x3"]
    for module in modules {
      scopes += scopesOf(
        "Mixed_\(module)",
        [
          ["0a_1x1"], ["0a_1x1", "0b_3x3"],
          // Slim misnames this one.
          ["0a_1x1", module == "5b" ? "0a_3x3" : "0b_3x3"], ["0b_1x1"],
        ])
    }
    return underscored(scopes, classifier: "Logits/Conv2d_0c_1x1")
  }

  static func inceptionV2() -> [String: Layer] {
    var scopes = ["Conv2d_1a_7x7", "Conv2d_2b_1x1", "Conv2d_2c_3x3"]
    for module in ["3b", "3c", "4b", "4c", "4d", "4e", "5b", "5c"] {
      scopes += scopesOf(
        "Mixed_\(module)",
        [["0a_1x1"], ["0a_1x1", "0b_3x3"], ["0a_1x1", "0b_3x3", "0c_3x3"], ["0b_1x1"]])
    }
    for module in ["4a", "5a"] {
      scopes += scopesOf(
        "Mixed_\(module)", [["0a_1x1", "1a_3x3"], ["0a_1x1", "0b_3x3", "1a_3x3"]])
    }
    return underscored(scopes, classifier: "Logits/Conv2d_1c_1x1")
  }

  static func inceptionV3() -> [String: Layer] {
    var scopes = inceptionStem
    scopes += module35("Mixed_5b")
    // Slim misnames two of the second module's.
    scopes += scopesOf(
      "Mixed_5c",
      [["0a_1x1"], ["0b_1x1"], ["0a_1x1", "0b_3x3", "0c_3x3"], ["0b_1x1"]])
    let misnamed = "Mixed_5c/Branch_1/Conv_1_0c_5x5"
    scopes.insert(misnamed, at: scopes.count - 4)
    scopes += module35("Mixed_5d")
    scopes += scopesOf("Mixed_6a", [["1a_1x1"], ["0a_1x1", "0b_3x3", "1a_1x1"]])
    for module in ["6b", "6c", "6d", "6e"] { scopes += module17("Mixed_\(module)") }
    scopes += scopesOf(
      "Mixed_7a", [["0a_1x1", "1a_3x3"], ["0a_1x1", "0b_1x7", "0c_7x1", "1a_3x3"]])
    for (module, column) in [("7b", "0b_3x1"), ("7c", "0c_3x1")] {
      scopes += scopesOf(
        "Mixed_\(module)",
        [
          ["0a_1x1"], ["0a_1x1", "0b_1x3", column], ["0a_1x1", "0b_3x3", "0c_1x3", "0d_3x1"],
          ["0b_1x1"],
        ])
    }
    var layers = numbered(scopes)
    layers["Logits/Conv2d_1c_1x1"] = Layer("predictions", isMatrix: true)
    return layers
  }

  static func inceptionV4() -> [String: Layer] {
    var scopes = ["Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3"]
    scopes += scopesOf("Mixed_3a", [[], ["0a_3x3"]])
    scopes += scopesOf(
      "Mixed_4a", [["0a_1x1", "1a_3x3"], ["0a_1x1", "0b_1x7", "0c_7x1", "1a_3x3"]])
    scopes += scopesOf("Mixed_5a", [["1a_3x3"]])
    for module in ["5b", "5c", "5d", "5e"] {
      scopes += scopesOf(
        "Mixed_\(module)",
        [["0a_1x1"], ["0a_1x1", "0b_3x3"], ["0a_1x1", "0b_3x3", "0c_3x3"], ["0b_1x1"]])
    }
    scopes += scopesOf("Mixed_6a", [["1a_3x3"], ["0a_1x1", "0b_3x3", "1a_3x3"]])
    for module in ["6b", "6c", "6d", "6e", "6f", "6g", "6h"] {
      scopes += module17("Mixed_\(module)")
    }
    scopes += scopesOf(
      "Mixed_7a", [["0a_1x1", "1a_3x3"], ["0a_1x1", "0b_1x7", "0c_7x1", "1a_3x3"]])
    for module in ["7b", "7c", "7d"] {
      scopes += scopesOf(
        "Mixed_\(module)",
        [
          ["0a_1x1"], ["0a_1x1", "0b_1x3", "0c_3x1"],
          ["0a_1x1", "0b_3x1", "0c_1x3", "0d_1x3", "0e_3x1"], ["0b_1x1"],
        ])
    }
    var layers = numbered(scopes)
    layers["Logits/Logits"] = Layer("dense", isMatrix: true)
    return layers
  }

  static func inceptionResNetV2() -> [String: Layer] {
    // Branches of one convolution have no letter here.
    func block(_ scope: String, _ branches: [[String]]) -> [String] {
      ["\(scope)/Branch_0/Conv2d_1x1"] + scopesOf(scope, [[]] + branches)
    }
    let eight = [["0a_1x1", "0b_1x3", "0c_3x1"]]
    var scopes = inceptionStem
    scopes += block(
      "Mixed_5b", [["0a_1x1", "0b_5x5"], ["0a_1x1", "0b_3x3", "0c_3x3"], ["0b_1x1"]])
    for index in 1...10 {
      scopes += block("block35_\(index)", [["0a_1x1", "0b_3x3"], ["0a_1x1", "0b_3x3", "0c_3x3"]])
    }
    scopes += scopesOf("Mixed_6a", [["1a_3x3"], ["0a_1x1", "0b_3x3", "1a_3x3"]])
    for index in 1...20 {
      scopes += block("block17_\(index)", [["0a_1x1", "0b_1x7", "0c_7x1"]])
    }
    scopes += scopesOf(
      "Mixed_7a",
      [["0a_1x1", "1a_3x3"], ["0a_1x1", "1a_3x3"], ["0a_1x1", "0b_3x3", "1a_3x3"]])
    for index in 1...9 { scopes += block("block8_\(index)", eight) }
    scopes += block("Block8", eight)
    var layers = numbered(scopes)
    for (name, count) in [("block35", 10), ("block17", 20), ("block8", 9)] {
      for index in 1...count {
        layers["\(name)_\(index)/Conv2d_1x1"] = Layer("\(name)_\(index)_conv")
      }
    }
    layers["Block8/Conv2d_1x1"] = Layer("block8_10_conv")
    layers["Conv2d_7b_1x1"] = Layer("conv_7b", norm: "conv_7b_bn")
    layers["Logits/Logits"] = Layer("predictions", isMatrix: true)
    return layers
  }

  /// What version 3 and Inception-ResNet begin with.
  private static let inceptionStem = [
    "Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3", "Conv2d_3b_1x1", "Conv2d_4a_3x3",
  ]

  private static func module35(_ scope: String) -> [String] {
    scopesOf(
      scope, [["0a_1x1"], ["0a_1x1", "0b_5x5"], ["0a_1x1", "0b_3x3", "0c_3x3"], ["0b_1x1"]])
  }

  private static func module17(_ scope: String) -> [String] {
    scopesOf(
      scope,
      [
        ["0a_1x1"], ["0a_1x1", "0b_1x7", "0c_7x1"],
        ["0a_1x1", "0b_7x1", "0c_1x7", "0d_7x1", "0e_1x7"], ["0b_1x1"],
      ])
  }

  /// The scopes of a module's convolutions, branch after branch.
  private static func scopesOf(_ module: String, _ branches: [[String]]) -> [String] {
    branches.enumerated().flatMap { index, parts in
      parts.map { "\(module)/Branch_\(index)/Conv2d_\($0)" }
    }
  }

  private static func underscored(_ scopes: [String], classifier: String) -> [String: Layer] {
    func name(_ scope: String) -> String { String(scope.map { $0 == "/" ? "_" : $0 }) }
    var layers = [classifier: Layer(name(classifier))]
    for scope in scopes { layers[scope] = Layer(name(scope), norm: "\(name(scope))_bn") }
    return layers
  }

  private static func numbered(_ scopes: [String]) -> [String: Layer] {
    var layers: [String: Layer] = [:]
    for (index, scope) in scopes.enumerated() {
      let suffix = index == 0 ? "" : "_\(index)"
      layers[scope] = Layer("conv2d\(suffix)", norm: "batch_normalization\(suffix)")
    }
    return layers
  }
}
