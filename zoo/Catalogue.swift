public import Layers

/// The closed list of backbones.
///
/// For a network that is not among them, hand your own ``FeatureExtractor`` to what needs one.
public enum Catalogue {
  /// The cards, family by family.
  public static var cards: [BackboneCard] { vgg + resNet + mobileNet }

  /// Finds a backbone's card.
  ///
  /// - Throws: ``CatalogueError/unknownBackbone(_:nearest:known:)`` with the names there are.
  public static func card(named name: String) throws(CatalogueError) -> BackboneCard {
    let cards = cards
    if let card = cards.first(where: { $0.name == name }) { return card }
    let known = cards.map(\.name)
    throw .unknownBackbone(name, nearest: known.nearest(to: name), known: known)
  }

  /// Makes a backbone's description.
  ///
  /// - Parameters:
  ///   - name: One of the cards' names.
  ///   - alpha: The width multiplier; nil for the paper's own width.
  ///   - classes: How many classes the classifier tells apart; ImageNet has 1000.
  /// - Returns: The description, without weights.
  /// - Throws: ``CatalogueError`` if there is no such name, or the family has no such width.
  public static func extractor(
    named name: String, alpha: Double? = nil, classes: Int = 1000
  ) throws(CatalogueError) -> any FeatureExtractor {
    try card(named: name).makeExtractor(alpha: alpha, classes: classes)
  }
}

extension Catalogue {
  private static let kerasFiles =
    "https://storage.googleapis.com/tensorflow/keras-applications/"

  private static var vgg: [BackboneCard] {
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
        url: "\(kerasFiles)\(name)/\(name)_weights_tf_dim_ordering_tf_kernels.h5", md5: md5,
        licence: "CC BY 4.0, Visual Geometry Group, Oxford", topOneAccuracy: accuracy)
      return BackboneCard(
        name, "VGG-\(depth.rawValue)", paper, weights, isTimedWhole: false
      ) { VGG(depth, classes: $0) }
    }
  }

  private static var resNet: [BackboneCard] {
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
        url: "\(kerasFiles)resnet/\(name)_weights_tf_dim_ordering_tf_kernels.h5", md5: md5,
        licence: "MIT, Kaiming He", topOneAccuracy: accuracy)
      return BackboneCard(
        "\(name)_v1", "ResNet-\(depth.rawValue)", paper, weights, isTimedWhole: true
      ) { ResNet(depth, classes: $0) }
    }
  }

  private static var mobileNet: [BackboneCard] {
    let paper = BackboneCard.Paper(
      title:
        "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications",
      authors: "Howard et al.", year: 2017, url: "https://arxiv.org/abs/1704.04861")
    let weights = BackboneCard.Weights(
      url: "\(kerasFiles)mobilenet/mobilenet_1_0_224_tf.h5", md5: nil,
      licence: "Apache-2.0, Google", topOneAccuracy: 0.704)
    return [
      BackboneCard(
        "mobilenet_v1", "MobileNet", paper, weights, isTimedWhole: false,
        widthMultipliers: MobileNet.widthMultipliers
      ) { MobileNet(alpha: $0, classes: $1) }
    ]
  }
}
