internal import Layers

extension DenseNet {
  /// What the catalogue knows of the family.
  static var cards: [BackboneCard] {
    let paper = BackboneCard.Paper(
      family: "DenseNet",
      title: "Densely Connected Convolutional Networks", authors: "Huang et al.", year: 2016,
      url: "https://arxiv.org/abs/1608.06993")
    let rows: [(DenseNet.Depth, md5: String, accuracy: Double)] = [
      (.oneHundredTwentyOne, "9d60b8095a5708f2dcce2bca79d332c7", 0.75),
      (.oneHundredSixtyNine, "d699b8f76981ab1b30698df4c175e90b", 0.762),
      (.twoHundredOne, "1ceb130c1ea1b78c3bf6114dbdfd8807", 0.773),
    ]
    return rows.map { depth, md5, accuracy in
      let name = "densenet\(depth.rawValue)"
      let weights = BackboneCard.Weights(
        Self.kerasFile("densenet/\(name)_weights_tf_dim_ordering_tf_kernels.h5"), .md5(md5),
        licence: "BSD-3-Clause, the paper's authors", topOneAccuracy: accuracy)
      return BackboneCard(
        name, "DenseNet-\(depth.rawValue)", paper, [weights], isTimedWhole: true
      ) { DenseNet(depth, classes: $1) }
    }
  }
}
