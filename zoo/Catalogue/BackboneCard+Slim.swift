internal import Layers

extension BackboneCard.Weights {
  /// A checkpoint that TensorFlow-Slim's README lists, in its archive, with the accuracy given there.
  ///
  /// The publisher gives no checksums.
  ///
  /// - Parameters:
  ///   - name: The network, as slim calls it, for example `inception_v1`.
  ///   - date: What the archive's name ends in, for example `2016_08_28`.
  ///   - checkpoint: The file in the archive; nil if it is named as the network.
  ///   - classes: How many classes their classifier tells apart; 1001 in networks trained in slim.
  ///   - licence: Whose the weights are.
  ///   - topOneAccuracy: Of one crop.
  /// - Returns: The weights.
  static func slim(
    _ name: String, _ date: String, checkpoint: String? = nil, classes: Int = 1001,
    licence: String = "Apache-2.0, Google", topOneAccuracy: Double
  ) -> BackboneCard.Weights {
    BackboneCard.Weights(
      "https://download.tensorflow.org/models/\(name)_\(date).tar.gz", nil,
      inArchive: BackboneCard.ArchivedCheckpoint(checkpoint ?? "\(name).ckpt"), variant: .slim,
      classes: classes, licence: licence, topOneAccuracy: topOneAccuracy)
  }

  /// A checkpoint of one of slim's MobileNets at 224×224, in its archive.
  ///
  /// - Parameters:
  ///   - name: The network, for example `mobilenet_v1`.
  ///   - folder: The archive's folder, up to a slash.
  ///   - alpha: The width multiplier.
  ///   - topOneAccuracy: Of one crop; nil if that of these numbers is not told.
  /// - Returns: The weights.
  static func slimMobileNet(
    _ name: String, in folder: String, alpha: Double, topOneAccuracy: Double?
  ) -> BackboneCard.Weights {
    let file = "\(name)_\(alpha)_224"
    return BackboneCard.Weights(
      "\(folder)\(file).tgz", nil,
      inArchive: BackboneCard.ArchivedCheckpoint(
        "\(file).ckpt", endings: [".index", ".data-00000-of-00001"]),
      variant: .slim, alpha: alpha == 1 ? nil : alpha, classes: 1001,
      licence: "Apache-2.0, Google", topOneAccuracy: topOneAccuracy)
  }
}
