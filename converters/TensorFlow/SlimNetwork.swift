internal import Layers

/// A network of TensorFlow-Slim: which of its scopes is which layer under our names.
struct SlimNetwork {
  /// The scope that all of the network's variables are in, for example `resnet_v1_50`.
  let scope: String
  /// The layers by their scopes within that, for example `block1/unit_1/bottleneck_v1/conv1`.
  let layers: [String: Layer]
  /// Whose implementation has slim's arithmetic; some networks are the same in Keras.
  let variant: Variant

  /// What one scope's variables belong to.
  struct Layer {
    /// The layer with the kernel; nil if there is only a normalisation.
    let weighted: String?
    /// The normalisation behind it.
    let norm: String?
    /// Whether slim has a convolution where this package has a product with a matrix.
    let isMatrix: Bool

    init(_ weighted: String?, norm: String? = nil, isMatrix: Bool = false) {
      (self.weighted, self.norm, self.isMatrix) = (weighted, norm, isMatrix)
    }
  }

  /// The network of that scope, if it is one of those known.
  init?(scope: String) {
    let parts = scope.split(separator: "_")
    switch scope {
    case "resnet_v1_50", "resnet_v1_101", "resnet_v1_152":
      (layers, variant) = (Self.resNet(depth: parts[2]), .slim)
    case "resnet_v2_50", "resnet_v2_101", "resnet_v2_152":
      (layers, variant) = (Self.resNetV2(depth: parts[2]), .slim)
    case "vgg_16": (layers, variant) = (Self.vgg([2, 2, 3, 3, 3]), .slim)
    case "vgg_19": (layers, variant) = (Self.vgg([2, 2, 4, 4, 4]), .slim)
    case "MobilenetV1": (layers, variant) = (Self.mobileNet(), .slim)
    case "MobilenetV2": (layers, variant) = (Self.mobileNetV2(), .slim)
    case "InceptionV1": (layers, variant) = (Self.inceptionV1(), .slim)
    case "InceptionV2": (layers, variant) = (Self.inceptionV2(), .slim)
    case "InceptionV3": (layers, variant) = (Self.inceptionV3(), .keras)
    case "InceptionV4": (layers, variant) = (Self.inceptionV4(), .keras)
    case "InceptionResnetV2": (layers, variant) = (Self.inceptionResNetV2(), .keras)
    default: return nil
    }
    self.scope = scope
  }

  /// The layer of a scope.
  ///
  /// Blocks that slim repeats are in a scope more, `Repeat`, `Repeat_1`, …, counted from anew in the
  /// second stage of a detector; the block's own name says enough.
  func layer(_ path: ArraySlice<Substring>) -> Layer? {
    layers[path.filter { !$0.hasPrefix("Repeat") }.joined(separator: "/")]
  }
}
