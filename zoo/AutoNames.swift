/// The names that a fresh Keras session gives to layers without a name: `conv2d`, `conv2d_1`, …
///
/// Each class of layers is counted by itself, in the order in which the layers are made, so a network
/// with such names must make all its stages in one go, in Keras's order.
struct AutoNames {
  private var counts: [String: Int] = [:]

  init() {}

  /// Gives the next layer of a class its name.
  ///
  /// - Parameters:
  ///   - stem: The class in Keras's spelling, for example `batch_normalization`.
  ///   - count: How many layers Keras makes where this package has one; the name is the first's.
  mutating func callAsFunction(_ stem: String, count: Int = 1) -> String {
    let index = counts[stem, default: 0]
    counts[stem] = index + count
    return index == 0 ? stem : "\(stem)_\(index)"
  }
}
