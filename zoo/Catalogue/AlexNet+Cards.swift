internal import Layers

extension AlexNet {
  /// What the catalogue knows of the network.
  ///
  /// Its known weights are Caffe's, whose files are not read.
  static var cards: [BackboneCard] {
    let paper = BackboneCard.Paper(
      family: "AlexNet",
      title: "ImageNet Classification with Deep Convolutional Neural Networks",
      authors: "Krizhevsky et al.", year: 2012,
      url: "https://papers.nips.cc/paper/"
        + "4824-imagenet-classification-with-deep-convolutional-neural-networks")
    return [
      BackboneCard("alexnet", "AlexNet", paper, [], isTimedWhole: false) { AlexNet(classes: $1) }
    ]
  }
}
