internal import Layers

extension ResNetV2 {
  /// What the catalogue knows of the family and of ``ResNet34V2``.
  static var cards: [BackboneCard] {
    let paper = BackboneCard.Paper(
      family: "ResNet v2",
      title: "Identity Mappings in Deep Residual Networks", authors: "He et al.", year: 2016,
      url: "https://arxiv.org/abs/1603.05027")
    let shallowWeights = BackboneCard.Weights(
      Self.classificationModelsFile("resnet34_imagenet_1000.h5"),
      .md5("2ac8277412f65e5d047f255bcbd10383"), licence: "MIT, classification_models",
      topOneAccuracy: 0.722)
    let shallow = BackboneCard(
      "resnet34_v2", "ResNet-34 v2", paper, [shallowWeights], isTimedWhole: true
    ) { ResNet34V2(classes: $1) }
    let rows: [(ResNetV2.Depth, md5: String, accuracy: Double, slim: Double)] = [
      (.fifty, "3ef43a0b657b3be2300d5770ece849e0", 0.76, 0.756),
      (.oneHundredOne, "6343647c601c52e1368623803854d971", 0.772, 0.77),
      (.oneHundredFiftyTwo, "a49b44d1979771252814e80f8ec446f9", 0.78, 0.778),
    ]
    return [shallow]
      + rows.map { depth, md5, accuracy, slimAccuracy in
        let name = "resnet\(depth.rawValue)"
        let weights = BackboneCard.Weights(
          Self.kerasFile("resnet/\(name)v2_weights_tf_dim_ordering_tf_kernels.h5"), .md5(md5),
          licence: "BSD, Facebook", topOneAccuracy: accuracy)
        // Of images of 299 pixels.
        let slim = BackboneCard.Weights.slim(
          "resnet_v2_\(depth.rawValue)", "2017_04_14", topOneAccuracy: slimAccuracy)
        return BackboneCard(
          "\(name)_v2", "ResNet-\(depth.rawValue) v2", paper, [weights, slim], isTimedWhole: true,
          variants: [.keras, .slim]
        ) { ResNetV2(depth, variant: $0.variant, classes: $1) }
      }
  }
}
