internal import Layers

extension SENet {
  /// What the catalogue knows of the family.
  static var cards: [BackboneCard] {
    let paper = BackboneCard.Paper(
      family: "Squeeze-and-excitation networks",
      title: "Squeeze-and-Excitation Networks", authors: "Hu et al.", year: 2017,
      url: "https://arxiv.org/abs/1709.01507")
    let rows: [(SENet.Network, name: String, title: String, md5: String, accuracy: Double)] = [
      (.seResNet50, "seresnet50", "SE-ResNet-50", "ff0ce1ed5accaad05d113ecef2d29149", 0.764),
      (.seNet154, "senet154", "SENet-154", "c8eac0e1940ea4d8a2e0b2eb0cdf4e75", 0.811),
    ]
    return rows.map { network, name, title, md5, accuracy in
      let weights = BackboneCard.Weights(
        Self.classificationModelsFile("\(name)_imagenet_1000.h5"), .md5(md5),
        licence: "MIT, classification_models", topOneAccuracy: accuracy)
      return BackboneCard(name, title, paper, [weights], isTimedWhole: true) {
        SENet(network, classes: $1)
      }
    }
  }
}
