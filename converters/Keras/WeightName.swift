/// The name of a tensor within its layer, as some version of Keras wrote it.
struct WeightName {
  /// The path relative to the layer's group, `conv1/kernel:0`.
  let text: String
  /// What comes before the last `/`; empty in Keras 1's flat names.
  let parent: String
  /// What comes after it, without TensorFlow's output number.
  let variable: String
  /// Whether the name ends with TensorFlow's output number, `:0`.
  let hasOutputNumber: Bool

  init(_ text: String) {
    self.text = text
    let components = text.split(separator: "/")
    parent = components.dropLast().joined(separator: "/")
    let last = components.last ?? ""
    if let colon = last.lastIndex(of: ":"), last[colon...].dropFirst().allSatisfy(\.isNumber) {
      (variable, hasOutputNumber) = (String(last[..<colon]), true)
    } else {
      (variable, hasOutputNumber) = (String(last), false)
    }
  }
}

/// How the tensors of one layer's group are called today.
struct WeightNaming {
  let layer: String
  let names: [WeightName]

  /// What a tensor is called, and why if its file calls it something else.
  struct Result {
    let layer: String
    let otherLayers: [String]
    let variable: String
    let rule: String?
  }

  /// Whether the names are Keras 1's, `conv1_W`, all in one group.
  var isFlat: Bool { !names.isEmpty && names.allSatisfy { $0.parent.isEmpty } }

  /// More than one parent: the layer is a model of its own, and its tensors lie in the groups of the
  /// layers inside it.
  private var isNested: Bool { Set(names.map(\.parent)).count > 1 }

  func result(for name: WeightName) -> Result {
    if name.parent.isEmpty, let variable = flatVariable(of: name) {
      return Result(
        layer: layer, otherLayers: [], variable: variable, rule: "Keras 1 calls it \(name.text)")
    }
    // `model/block/conv` is perhaps known as `block/conv` or `conv`.
    let components = name.parent.split(separator: "/")
    let ways = components.indices.map { components[$0...].joined(separator: "/") }
    let (variable, rule) = currentVariable(of: name)
    if isNested, let inner = ways.first {
      return Result(
        layer: inner, otherLayers: Array(ways.dropFirst()), variable: variable,
        rule: rule ?? "inside \(layer)")
    }
    return Result(
      layer: layer, otherLayers: ways.filter { $0 != layer }, variable: variable, rule: rule)
  }

  /// Keras 3 calls a depthwise convolution's kernel just that; a separable convolution, with two
  /// kernels, keeps both names.
  private func currentVariable(of name: WeightName) -> (variable: String, rule: String?) {
    guard name.variable == "depthwise_kernel",
      !names.contains(where: { $0.parent == name.parent && $0.variable == "pointwise_kernel" })
    else { return (name.variable, nil) }
    return ("kernel", "Keras 2 calls it depthwise_kernel")
  }

  /// Keras 1 joins layer and variable with `_`, and may count a name that is taken: `conv1_W_1:0`.
  private func flatVariable(of name: WeightName) -> String? {
    guard name.variable.hasPrefix("\(layer)_") else { return nil }
    let variable = name.variable.dropFirst(layer.count + 1)
    let withoutNumber: Substring =
      if let last = variable.lastIndex(of: "_"), variable[last...].count > 1,
        variable[last...].dropFirst().allSatisfy(\.isNumber)
      { variable[..<last] } else { variable }
    return Self.flatVariables[String(withoutNumber)]
  }

  /// Keras 1's `running_std` is a variance all the same.
  private static let flatVariables = [
    "W": "kernel", "b": "bias", "gamma": "gamma", "beta": "beta",
    "running_mean": "moving_mean", "running_std": "moving_variance",
  ]
}
