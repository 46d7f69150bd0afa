internal import Layers

extension InceptionResNetV2 {
  /// What the catalogue knows of the network, which is the same in Keras and in slim.
  static var cards: [BackboneCard] {
    let paper = BackboneCard.Paper(
      family: "Inception v4 and Inception-ResNet",
      title: "Inception-v4, Inception-ResNet and the Impact of Residual Connections on Learning",
      authors: "Szegedy et al.", year: 2016, url: "https://arxiv.org/abs/1602.07261")
    let file = "inception_resnet_v2_weights_tf_dim_ordering_tf_kernels.h5"
    let weights = BackboneCard.Weights(
      Self.kerasFile("inception_resnet_v2/\(file)"), .md5("e693bd0210a403b3192acc6073ad2e96"),
      licence: "Apache-2.0, Google", topOneAccuracy: 0.803)
    let slim = BackboneCard.Weights.slim(
      "inception_resnet_v2", "2016_08_30", checkpoint: "inception_resnet_v2_2016_08_30.ckpt",
      topOneAccuracy: 0.804)
    return [
      BackboneCard(
        "inception_resnet_v2", "Inception-ResNet v2", paper, [weights, slim], isTimedWhole: true,
        variants: [.keras, .slim]
      ) { InceptionResNetV2(classes: $1) }
    ]
  }
}
