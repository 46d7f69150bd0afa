internal import Layers

extension VGG {
  /// What the catalogue knows of the family.
  static var cards: [BackboneCard] {
    let paper = BackboneCard.Paper(
      title: "Very Deep Convolutional Networks for Large-Scale Image Recognition",
      authors: "Simonyan and Zisserman", year: 2014, url: "https://arxiv.org/abs/1409.1556")
    let rows: [(VGG.Depth, md5: String, accuracy: Double)] = [
      (.sixteen, "64373286793e3c8b2b4e3219cbf3544b", 0.713),
      (.nineteen, "cbe5617147190e668d6c5d5026f83318", 0.713),
    ]
    return rows.map { depth, md5, accuracy in
      let name = "vgg\(depth.rawValue)"
      let weights = BackboneCard.Weights(
        Self.kerasFile("\(name)/\(name)_weights_tf_dim_ordering_tf_kernels.h5"), .md5(md5),
        licence: "CC BY 4.0, Visual Geometry Group, Oxford", topOneAccuracy: accuracy)
      return BackboneCard(
        name, "VGG-\(depth.rawValue)", paper, [weights], isTimedWhole: false
      ) { VGG(depth, classes: $1) }
    }
  }
}
