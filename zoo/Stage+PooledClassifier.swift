internal import Layers

extension Stage {
  /// The classifier that most networks of Keras Applications end with: each channel's mean, then one
  /// matrix.
  static func pooledClassifier(_ classes: Int) -> Stage {
    Stage("classifier") {
      GlobalAveragePool("avg_pool")
      Dense("predictions", classes, activation: .softmax)
    }
  }
}
