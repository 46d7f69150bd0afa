extension Graph {
  /// How many multiplications, each with its addition, the convolutions and matrix products take.
  ///
  /// Papers give this number, some of them as "FLOPs"; counted one by one there are twice as many
  /// operations. Padding counts as if it were part of the map; biases, normalisations, activations
  /// and poolings are left out.
  public var multiplyAddCount: Int { nodes.reduce(0) { $0 + $1.multiplyAddCount } }
}

extension Graph.Node {
  /// One for each number of the kernel and each position that it is put on.
  fileprivate var multiplyAddCount: Int {
    guard let kernel = parameters.first, kernel.isKernel else { return 0 }
    return kernel.count * shape.dropLast().reduce(1, *)
  }
}
