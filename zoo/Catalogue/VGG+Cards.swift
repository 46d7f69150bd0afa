internal import Layers

extension VGG {
  /// What the catalogue knows of the family.
  static var cards: [BackboneCard] {
    let paper = BackboneCard.Paper(
      family: "VGG",
      title: "Very Deep Convolutional Networks for Large-Scale Image Recognition",
      authors: "Simonyan and Zisserman", year: 2014, url: "https://arxiv.org/abs/1409.1556")
    let rows:
      [(VGG.Depth, md5: String, keras: Double, sha256: String, torchvision: Double, slim: Double)] =
        [
          (.sixteen, "64373286793e3c8b2b4e3219cbf3544b", 0.713, "397923af", 0.716, 0.715),
          (.nineteen, "cbe5617147190e668d6c5d5026f83318", 0.713, "dcbb9e9d", 0.724, 0.711),
        ]
    return rows.map { row in
      let depth = row.0
      let name = "vgg\(depth.rawValue)"
      let authors = "CC BY 4.0, Visual Geometry Group, Oxford"
      let keras = BackboneCard.Weights(
        Self.kerasFile("\(name)/\(name)_weights_tf_dim_ordering_tf_kernels.h5"), .md5(row.md5),
        licence: authors, topOneAccuracy: row.keras)
      let torchvision = BackboneCard.Weights(
        "https://download.pytorch.org/models/\(name)-\(row.sha256).pth", .sha256(row.sha256),
        variant: .torchvision, licence: "BSD-3-Clause, torchvision",
        topOneAccuracy: row.torchvision)
      // The authors' weights, converted.
      let slim = BackboneCard.Weights.slim(
        "vgg_\(depth.rawValue)", "2016_08_28", classes: 1000, licence: authors,
        topOneAccuracy: row.slim)
      return BackboneCard(
        name, "VGG-\(depth.rawValue)", paper, [keras, torchvision, slim], isTimedWhole: false,
        variants: [.keras, .torchvision, .slim]
      ) { VGG(depth, variant: $0.variant, classes: $1) }
    }
  }
}
