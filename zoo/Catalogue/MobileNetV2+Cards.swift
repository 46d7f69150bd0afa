internal import Layers

extension MobileNetV2 {
  /// What the catalogue knows of the family.
  static var cards: [BackboneCard] {
    let paper = BackboneCard.Paper(
      family: "MobileNetV2",
      title: "MobileNetV2: Inverted Residuals and Linear Bottlenecks", authors: "Sandler et al.",
      year: 2018, url: "https://arxiv.org/abs/1801.04381")
    let rows: [(alpha: Double, kerasAccuracy: Double, slimAccuracy: Double)] = [
      (1, 0.713, 0.718), (1.4, 0.752, 0.75), (1.3, 0.747, 0.744), (0.75, 0.695, 0.698),
      (0.5, 0.652, 0.654), (0.35, 0.601, 0.603),
    ]
    let keras = rows.map { alpha, accuracy, _ in
      let file = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_\(alpha)_224.h5"
      return BackboneCard.Weights(
        Self.kerasFile("mobilenet_v2/\(file)"), nil, alpha: alpha == 1 ? nil : alpha,
        licence: "Apache-2.0, Google", topOneAccuracy: accuracy)
    }
    let torchvision = BackboneCard.Weights(
      "https://download.pytorch.org/models/mobilenet_v2-7ebf99e0.pth", .sha256("7ebf99e0"),
      variant: .torchvision, licence: "BSD-3-Clause, torchvision", topOneAccuracy: 0.722)
    let slim = rows.map { row in
      BackboneCard.Weights.slimMobileNet(
        "mobilenet_v2", in: "https://storage.googleapis.com/mobilenet_v2/checkpoints/",
        alpha: row.alpha, topOneAccuracy: row.slimAccuracy)
    }
    return [
      BackboneCard(
        "mobilenet_v2", "MobileNetV2", paper, keras + [torchvision] + slim, isTimedWhole: false,
        variants: [.keras, .torchvision, .slim], widthMultipliers: MobileNetV2.widthMultipliers
      ) { MobileNetV2(alpha: $0.alpha ?? 1, variant: $0.variant, classes: $1) }
    ]
  }
}
