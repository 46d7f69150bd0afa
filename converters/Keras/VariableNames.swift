/// What the variables of a layer are called, where a file only numbers them.
struct VariableNames {
  /// The layer's class, as given or as the shapes show it.
  let layerClass: String?
  private let names: [(name: String, others: [String])]

  /// - Parameters:
  ///   - layerClass: The class in Keras's spelling of files, if it is known.
  ///   - shapes: The variables' shapes in their order.
  init(layerClass: String?, shapes: [[Int]]) {
    let known = layerClass.flatMap { Self.variables[$0] }
    let layerClass = known == nil ? Self.layerClass(of: shapes) ?? layerClass : layerClass
    self.layerClass = layerClass
    let variables: [(String, [String])] =
      switch (layerClass, shapes.count) {
      // Without γ or without β; the network knows which.
      case ("batch_normalization", 3):
        [("beta", ["gamma"]), ("moving_mean", []), ("moving_variance", [])]
      case ("batch_normalization", 2): [("moving_mean", []), ("moving_variance", [])]
      default: (layerClass.flatMap { Self.variables[$0] } ?? []).map { ($0, []) }
      }
    names = shapes.indices.map { index in
      index < variables.count ? variables[index] : ("\(index)", [])
    }
  }

  subscript(index: Int) -> (name: String, others: [String]) { names[index] }

  private static let variables = [
    "conv2d": ["kernel", "bias"], "conv1d": ["kernel", "bias"], "conv3d": ["kernel", "bias"],
    "conv2d_transpose": ["kernel", "bias"], "dense": ["kernel", "bias"],
    "depthwise_conv2d": ["kernel", "bias"],
    "separable_conv2d": ["depthwise_kernel", "pointwise_kernel", "bias"],
    "batch_normalization": ["gamma", "beta", "moving_mean", "moving_variance"],
    "layer_normalization": ["gamma", "beta"], "group_normalization": ["gamma", "beta"],
    "normalization": ["mean", "variance", "count"], "p_re_lu": ["alpha"],
    "embedding": ["embeddings"],
  ]

  /// The class that a layer of such variables is of.
  private static func layerClass(of shapes: [[Int]]) -> String? {
    guard let first = shapes.first else { return nil }
    if shapes.count >= 2, first.count == 4, shapes[1].count == 4 { return "separable_conv2d" }
    if first.count == 4 { return first[3] == 1 && first[0] > 1 ? "depthwise_conv2d" : "conv2d" }
    if first.count == 2, shapes.count <= 2 { return "dense" }
    if first.count == 1, 2...4 ~= shapes.count, shapes.allSatisfy({ $0 == first }) {
      return "batch_normalization"
    }
    return nil
  }
}
