internal import Layers

/// The layers that TensorFlow-Slim's Inception v1 and v2 are made of, under slim's names with `_` for
/// the `/` that Keras refuses.
struct SlimInceptionUnits {
  /// Whether normalisations have a γ.
  let scale: Bool
  /// How slowly their statistics follow a batch's.
  let momentum: Float

  /// Those of slim's own classifiers.
  static let ofClassifiers = SlimInceptionUnits(scale: false, momentum: 0.9997)

  /// A convolution without bias, a normalisation and a ReLU.
  @LayerBuilder func conv(
    _ name: String, _ size: Extent, _ filters: Int, stride: Int = 1
  ) -> [any Layer] {
    Conv2D(name, size, filters, stride: stride, bias: false)
    norm("\(name)_bn")
    ReLU("\(name)_relu")
  }

  /// The normalisation after a convolution.
  func norm(_ name: String) -> BatchNorm {
    BatchNorm(name, scale: scale, momentum: momentum)
  }

  /// What ends a network: a convolution of the one cell that is left.
  ///
  /// - Parameters:
  ///   - classes: How many classes there are.
  ///   - index: The number in its layers' names.
  /// - Returns: The stage.
  func classifier(_ classes: Int, index: Int) -> Stage {
    Stage("classifier") {
      GlobalAveragePool("Logits_AvgPool_\(index)a_7x7", keepsRank: true)
      Dropout("Logits_Dropout_\(index)b", rate: 0.2)
      Conv2D("Logits_Conv2d_\(index)c_1x1", 1, classes)
      Flatten("Logits_SpatialSqueeze")
      ActivationLayer("Predictions", .softmax)
    }
  }
}
