internal import Layers

extension MobileNetV3 {
  /// What the catalogue knows of the family.
  static var cards: [BackboneCard] {
    let paper = BackboneCard.Paper(
      family: "MobileNetV3", title: "Searching for MobileNetV3", authors: "Howard et al.",
      year: 2019, url: "https://arxiv.org/abs/1905.02244")
    func card(
      _ size: Size, _ title: String, _ keras: [BackboneCard.Weights], torchvision digits: String,
      accuracy: Double
    ) -> BackboneCard {
      let name = "mobilenet_v3_\(size.rawValue)"
      let torchvision = BackboneCard.Weights(
        "https://download.pytorch.org/models/\(name)-\(digits).pth", .sha256(digits),
        variant: .torchvision, licence: "BSD-3-Clause, torchvision", topOneAccuracy: accuracy)
      return BackboneCard(
        name, title, paper, keras + [torchvision], isTimedWhole: true,
        variants: [.keras, .torchvision], widthMultipliers: MobileNetV3.widthMultipliers
      ) { MobileNetV3(size, alpha: $0.alpha ?? 1, variant: $0.variant, classes: $1) }
    }
    func keras(_ size: Size, _ alpha: Double, md5: String, _ accuracy: Double)
      -> BackboneCard.Weights
    {
      let file = "weights_mobilenet_v3_\(size.rawValue)_224_\(alpha)_float.h5"
      return BackboneCard.Weights(
        Self.kerasFile("mobilenet_v3/\(file)"), .md5(md5), alpha: alpha == 1 ? nil : alpha,
        licence: "Apache-2.0, Google", topOneAccuracy: accuracy)
    }
    return [
      card(
        .large, "MobileNetV3 Large",
        [
          keras(.large, 1, md5: "59e551e166be033d707958cf9e29a6a7", 0.756),
          keras(.large, 0.75, md5: "765b44a33ad4005b3ac83185abf1d0eb", 0.733),
        ], torchvision: "8738ca79", accuracy: 0.740),
      card(
        .small, "MobileNetV3 Small",
        [
          keras(.small, 1, md5: "8768d4c2e7dee89b9d02b2d03d65d862", 0.681),
          keras(.small, 0.75, md5: "cb65d4e5be93758266aa0a7f2c6708b7", 0.654),
        ], torchvision: "047dcff4", accuracy: 0.677),
    ]
  }
}
