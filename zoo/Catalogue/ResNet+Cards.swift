internal import Layers

extension ResNet {
  /// What the catalogue knows of the family.
  static var cards: [BackboneCard] {
    let paper = BackboneCard.Paper(
      title: "Deep Residual Learning for Image Recognition", authors: "He et al.", year: 2015,
      url: "https://arxiv.org/abs/1512.03385")
    let rows: [(ResNet.Depth, md5: String, accuracy: Double)] = [
      (.fifty, "2cb95161c43110f7111970584f804107", 0.749),
      (.oneHundredOne, "f1aeb4b969a6efcfb50fad2f0c20cfc5", 0.764),
      (.oneHundredFiftyTwo, "100835be76be38e30d865e96f2aaae62", 0.766),
    ]
    return rows.map { depth, md5, accuracy in
      let name = "resnet\(depth.rawValue)"
      let weights = BackboneCard.Weights(
        Self.kerasFile("resnet/\(name)_weights_tf_dim_ordering_tf_kernels.h5"), .md5(md5),
        licence: "MIT, Kaiming He", topOneAccuracy: accuracy)
      return BackboneCard(
        "\(name)_v1", "ResNet-\(depth.rawValue)", paper, [weights], isTimedWhole: true
      ) { ResNet(depth, classes: $1) }
    }
  }
}
