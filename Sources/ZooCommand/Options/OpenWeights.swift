import Importing
import Layers
import WeightFormats
import Zoo

/// Opens a file of weights, or those that a backbone's publisher offers.
///
/// - Parameters:
///   - weights: A file's path, or `imagenet`.
///   - backbone: The name of the network.
///   - alpha: The network's width multiplier.
/// - Returns: The file, its tensors unread.
/// - Throws: What the form's reader throws; `DownloadError` if weights cannot be fetched.
func openWeights(
  _ weights: String, of backbone: String, alpha: Double?
) throws -> any WeightFile {
  guard weights == "imagenet" else { return try WeightFormats.open(weights) }
  return try WeightFormats.open(OfficialWeights(of: backbone, alpha: alpha).file())
}

extension Catalogue {
  /// The networks that a file which does not fit may have been made for.
  static var candidates: [ImportCandidate] {
    cards.map { card in
      ImportCandidate(card.name) { try card.makeExtractor().parameters() }
    }
  }
}
