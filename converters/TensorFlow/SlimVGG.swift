extension SlimNetwork {
  /// The matrices are convolutions in slim, the first of 7×7 cells: the numbers are in the same order.
  static func vgg(_ convolutions: [Int]) -> [String: Layer] {
    var layers = [
      "fc6": Layer("fc1", isMatrix: true), "fc7": Layer("fc2", isMatrix: true),
      "fc8": Layer("predictions", isMatrix: true),
    ]
    for (index, count) in convolutions.enumerated() {
      for number in 1...count {
        layers["conv\(index + 1)/conv\(index + 1)_\(number)"] = Layer(
          "block\(index + 1)_conv\(number)")
      }
    }
    return layers
  }
}
