public import Layers

/// The closed list of backbones.
///
/// For a network that is not among them, hand your own ``FeatureExtractor`` to what needs one.
public enum Catalogue {
  /// The cards, family by family.
  public static var cards: [BackboneCard] {
    AlexNet.cards + VGG.cards + InceptionV1.cards + InceptionV2.cards + InceptionV3.cards
      + InceptionV4.cards + InceptionResNetV2.cards + ResNet.cards + ResNetV2.cards
      + SENet.cards + DenseNet.cards + Xception.cards + MobileNet.cards
      + MobileNetV2.cards + MobileNetV3.cards + EfficientNet.cards
  }

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
  ///   - configuration: Which of the family's networks; nil for the usual one.
  ///   - classes: How many classes the classifier tells apart; ImageNet has 1000.
  /// - Returns: The description, without weights.
  /// - Throws: ``CatalogueError`` if there is no such name, or the family has no such network.
  public static func extractor(
    named name: String, _ configuration: BackboneConfiguration? = nil, classes: Int = 1000
  ) throws(CatalogueError) -> any FeatureExtractor {
    try card(named: name).makeExtractor(configuration, classes: classes)
  }
}
