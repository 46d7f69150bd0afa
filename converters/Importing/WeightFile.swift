public import Layers
public import Tensors

/// A file of weights in some foreign form, opened but with its tensors unread.
///
/// Each form has one reader. It gives the tensors under the names that Keras has for them, and says
/// how their numbers come into Keras's order; finding a network's parameters among them is the same
/// for all forms (``parameters(needed:known:allowing:)``).
public protocol WeightFile {
  /// The file's path, as it was given.
  var path: String { get }
  /// What the file is, in words, for example `Keras 2.2.4 weights, legacy HDF5 layout`.
  var form: String { get }
  /// Whose implementation of a network the numbers were trained in.
  var variant: Variant { get }
  /// The architecture of the network, if the file carries it, under the names of ``tensors``' layers.
  var architecture: LayerGraph? { get }
  /// What a user should know of how the file was taken.
  var warnings: [String] { get }
  /// Every tensor, in the file's order of layers.
  var tensors: [StoredTensor] { get }

  /// Reads a tensor's numbers as they are stored, in their type, shape and order.
  ///
  /// - Parameter tensor: One of ``tensors``.
  /// - Returns: The tensor in its ``StoredTensor/storedShape``.
  /// - Throws: The reader's error if the file cannot be read or is damaged there.
  func read(_ tensor: StoredTensor) throws -> Tensor
}

extension WeightFile {
  public var architecture: LayerGraph? { nil }
  public var warnings: [String] { [] }
}
