internal import Layers

extension FeatureExtractor {
  /// The address of a file that Keras Applications downloads.
  ///
  /// - Parameter path: What comes after its folder, for example `vgg16/….h5`.
  /// - Returns: The address.
  static func kerasFile(_ path: String) -> String {
    "https://storage.googleapis.com/tensorflow/keras-applications/\(path)"
  }
}
