internal import Layers

extension InceptionV3 {
  /// What the catalogue knows of the network, which is the same in Keras and in slim.
  static var cards: [BackboneCard] {
    let paper = BackboneCard.Paper(
      family: "Inception v3",
      title: "Rethinking the Inception Architecture for Computer Vision", authors: "Szegedy et al.",
      year: 2015, url: "https://arxiv.org/abs/1512.00567")
    let weights = BackboneCard.Weights(
      Self.kerasFile("inception_v3/inception_v3_weights_tf_dim_ordering_tf_kernels.h5"),
      .md5("9a0d58056eeedaa3f26cb7ebd46da564"), licence: "Apache-2.0, Google",
      topOneAccuracy: 0.779)
    let slim = BackboneCard.Weights.slim("inception_v3", "2016_08_28", topOneAccuracy: 0.78)
    return [
      BackboneCard(
        "inception_v3", "Inception v3", paper, [weights, slim], isTimedWhole: true,
        variants: [.keras, .slim]
      ) { InceptionV3(classes: $1) }
    ]
  }
}
