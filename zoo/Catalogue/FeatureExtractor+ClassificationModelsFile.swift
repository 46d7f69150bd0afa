internal import Layers

extension FeatureExtractor {
  /// The address of a file that the package classification_models downloads.
  ///
  /// - Parameter name: The file's name, for example `resnet34_imagenet_1000.h5`.
  /// - Returns: The address.
  static func classificationModelsFile(_ name: String) -> String {
    "https://github.com/qubvel/classification_models/releases/download/0.0.1/\(name)"
  }
}
