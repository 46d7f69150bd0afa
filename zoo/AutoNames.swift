/// A counter for the names that a fresh Keras session gives to layers without one.
///
/// The first layer of a class is `conv2d`, the next `conv2d_1`. Each class is counted by itself, in the
/// order in which the layers are made, so a network with such names makes all its stages in one go, in
/// Keras's order.
struct AutoNames {
  private var counts: [String: Int] = [:]

  /// Names the next layer of a class.
  ///
  /// - Parameters:
  ///   - stem: The class in Keras's spelling, for example `batch_normalization`.
  ///   - count: How many layers Keras makes where this package has one.
  /// - Returns: The name; the first one's if Keras makes several.
  @discardableResult mutating func callAsFunction(_ stem: String, count: Int = 1) -> String {
    let index = counts[stem, default: 0]
    counts[stem] = index + count
    return index == 0 ? stem : "\(stem)_\(index)"
  }
}
