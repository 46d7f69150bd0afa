internal import Layers

extension InceptionV4 {
  /// What the catalogue knows of the network, which is the same in Keras and in slim.
  static var cards: [BackboneCard] {
    let paper = BackboneCard.Paper(
      family: "Inception v4 and Inception-ResNet",
      title: "Inception-v4, Inception-ResNet and the Impact of Residual Connections on Learning",
      authors: "Szegedy et al.", year: 2016, url: "https://arxiv.org/abs/1602.07261")
    // Slim's weights, converted.
    let weights = BackboneCard.Weights(
      "https://github.com/kentsommer/keras-inceptionV4/releases/download/2.1/"
        + "inception-v4_weights_tf_dim_ordering_tf_kernels.h5",
      .md5("9fe79d77f793fe874470d84ca6ba4a3b"), classes: 1001, licence: "Apache-2.0, Google",
      topOneAccuracy: 0.8046)
    let slim = BackboneCard.Weights.slim("inception_v4", "2016_09_09", topOneAccuracy: 0.802)
    return [
      BackboneCard(
        "inception_v4", "Inception v4", paper, [weights, slim], isTimedWhole: true,
        variants: [.keras, .slim]
      ) { InceptionV4(classes: $1) }
    ]
  }
}
