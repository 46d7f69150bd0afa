public import Importing
internal import KerasConverter
internal import PyTorchConverter
internal import Safetensors
internal import TensorFlowConverter

/// Opens files of weights, whatever their form.
public enum WeightFormats {
  /// Opens a file, or what belongs to it, and reads all names and shapes.
  ///
  /// - Parameter path: A file of Keras, PyTorch or TensorFlow, or of safetensors; of a checkpoint in
  ///   several files any of them, their common beginning, or their folder.
  /// - Returns: The file, its tensors unread.
  /// - Throws: `ImportError` if the file is none of these, is damaged or is in a form that is not
  ///   read; the reader's own error if it is not there or cannot be read.
  public static func open(_ path: String) throws -> any WeightFile {
    switch FileForm(path) {
    case .keras: try KerasFile(path)
    case .pyTorch: try PyTorchFile(path)
    case .safetensors: try PyTorchFile(SafetensorsFile(path))
    case .tensorFlowCheckpoint: try TensorFlowCheckpoint(path)
    case .unmarked: try FrozenGraph(path)
    }
  }
}
