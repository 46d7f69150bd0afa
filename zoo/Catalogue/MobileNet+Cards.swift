internal import Layers

extension MobileNet {
  /// What the catalogue knows of the family.
  static var cards: [BackboneCard] {
    let paper = BackboneCard.Paper(
      title: "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications",
      authors: "Howard et al.", year: 2017, url: "https://arxiv.org/abs/1704.04861")
    let weights = BackboneCard.Weights(
      Self.kerasFile("mobilenet/mobilenet_1_0_224_tf.h5"), nil, licence: "Apache-2.0, Google",
      topOneAccuracy: 0.704)
    return [
      BackboneCard(
        "mobilenet_v1", "MobileNet", paper, [weights], isTimedWhole: false,
        widthMultipliers: MobileNet.widthMultipliers
      ) { MobileNet(alpha: $0.alpha ?? 1, classes: $1) }
    ]
  }
}
