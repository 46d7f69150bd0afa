/// Whose implementation of a published network this is: same layers, other numbers.
///
/// Implementations of one paper differ in where a stage strides, how odd maps are padded, which ε a
/// normalisation has and how pixels are scaled. None of it shows in shapes, all of it in results, so
/// the variant follows from where the weights come from, and is kept with them.
public enum Variant: String, CaseIterable, Codable, Sendable {
  /// Keras Applications, or the package of Keras networks that a family's page names.
  case keras
  case torchvision
  /// TensorFlow-Slim, and the TensorFlow Object Detection API that is built on it.
  case slim
}
