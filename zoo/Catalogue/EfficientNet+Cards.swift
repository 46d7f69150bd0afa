internal import Layers

extension EfficientNet {
  /// What the catalogue knows of the family.
  static var cards: [BackboneCard] {
    let paper = BackboneCard.Paper(
      family: "EfficientNet",
      title: "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks",
      authors: "Tan and Le", year: 2019, url: "https://arxiv.org/abs/1905.11946")
    let rows: [(EfficientNet.Scale, md5: String, accuracy: Double)] = [
      (.b0, "902e53a9f72be733fc0bcb005b3ebbac", 0.771),
      (.b1, "1d254153d4ab51201f1646940f018540", 0.791),
      (.b2, "b15cce36ff4dcbd00b6dd88e7857a6ad", 0.801),
      (.b3, "ffd1fdc53d0ce67064dc6a9c7960ede0", 0.816),
      (.b4, "18c95ad55216b8f92d7e70b3a046e2fc", 0.829),
      (.b5, "ace28f2a6363774853a83a0b21b9421a", 0.836),
      (.b6, "165f6e37dce68623721b423839de8be5", 0.84),
      (.b7, "8c03f828fec3ef71311cd463b6759d99", 0.843),
    ]
    return rows.map { scale, md5, accuracy in
      // Not beside the files of Keras's other networks.
      let weights = BackboneCard.Weights(
        "https://storage.googleapis.com/keras-applications/efficientnet\(scale).h5", .md5(md5),
        licence: "Apache-2.0, Google", topOneAccuracy: accuracy)
      return BackboneCard(
        "efficientnet_\(scale)", "EfficientNet-\("\(scale)".uppercased())", paper, [weights],
        isTimedWhole: true
      ) { EfficientNet(scale, classes: $1) }
    }
  }
}
