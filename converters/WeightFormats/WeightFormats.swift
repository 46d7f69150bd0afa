internal import Files
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
  ///   read; `FileError` or the reader's own error if it is not there or cannot be read.
  public static func open(_ path: String) throws -> any WeightFile {
    switch try FileForm(path) {
    case .keras: return try KerasFile(path)
    case .pyTorch: return try PyTorchFile(path)
    case .safetensors: return try PyTorchFile(SafetensorsFile(path))
    case .tensorFlowCheckpoint: return try TensorFlowCheckpoint(path)
    case .unmarked:
      guard FrozenGraph.isRecognized(path) else {
        throw try ImportError.unknown(OpenFile(reading: path))
      }
      return try FrozenGraph(path)
    }
  }
}

extension ImportError {
  private static let knownForms =
    "HDF5 or .keras of Keras, .pth of PyTorch, safetensors, or a checkpoint, SavedModel or frozen "
    + "graph of TensorFlow"

  /// A file that no reader here knows, with what it seems to be.
  static func unknown(_ file: OpenFile) throws(FileError) -> ImportError {
    let form = ForeignForm.recognised(by: try file.prefix(ForeignForm.headByteCount))
    return .unknownForm(
      file: file.path, expected: knownForms, found: form?.name ?? "bytes of an unknown form",
      advice: form?.advice ?? "name the file of weights")
  }

  /// An archive that no program of weights writes.
  static func unknown(_ archive: ZipArchive) -> ImportError {
    let names = archive.members.map(\.name)
    let isNumPy = !names.isEmpty && names.allSatisfy { $0.hasSuffix(".npy") }
    let shown = names.prefix(4).joined(separator: ", ") + (names.count > 4 ? ", …" : "")
    return .unknownForm(
      file: archive.file.path, expected: knownForms,
      found: names.isEmpty
        ? "an empty zip archive"
        : isNumPy ? "arrays of NumPy (.npz), \(shown)" : "a zip archive of \(shown)",
      advice: isNumPy
        ? "save the weights in a form that is read"
        : names.isEmpty ? "name the file of weights" : "unpack it, and name a file in it")
  }
}
