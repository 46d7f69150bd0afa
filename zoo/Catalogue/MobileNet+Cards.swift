internal import Layers

extension MobileNet {
  /// What the catalogue knows of the family.
  static var cards: [BackboneCard] {
    let paper = BackboneCard.Paper(
      family: "MobileNet",
      title: "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications",
      authors: "Howard et al.", year: 2017, url: "https://arxiv.org/abs/1704.04861")
    let rows: [(alpha: Double, name: String, accuracy: Double, slim: Double)] = [
      (1, "1_0", 0.704, 0.709), (0.75, "7_5", 0.684, 0.684), (0.5, "5_0", 0.643, 0.633),
      (0.25, "2_5", 0.516, 0.498),
    ]
    let keras = rows.map { alpha, name, accuracy, _ in
      BackboneCard.Weights(
        Self.kerasFile("mobilenet/mobilenet_\(name)_224_tf.h5"), nil,
        alpha: alpha == 1 ? nil : alpha, licence: "Apache-2.0, Google", topOneAccuracy: accuracy)
    }
    let slim = rows.map { row in
      BackboneCard.Weights.slimMobileNet(
        "mobilenet_v1", in: "https://download.tensorflow.org/models/mobilenet_v1_2018_02_22/",
        alpha: row.alpha, topOneAccuracy: row.slim)
    }
    return [
      BackboneCard(
        "mobilenet_v1", "MobileNet", paper, keras + slim, isTimedWhole: false,
        variants: [.keras, .slim], widthMultipliers: MobileNet.widthMultipliers
      ) { MobileNet(alpha: $0.alpha ?? 1, variant: $0.variant, classes: $1) }
    ]
  }
}
