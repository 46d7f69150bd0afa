internal import Glibc
public import Importing
public import Layers
public import Tensors

/// A checkpoint of TensorFlow, opened but with its tensors unread.
///
/// - Version 2, of `tf.train.Saver` and `tf.train.Checkpoint`: `x.index` beside `x.data-00000-of-00001`,
///   with more files of data if there are many numbers. Also the `variables` of a SavedModel.
/// - Version 1: one file, as TensorFlow-Slim's networks were published.
///
/// Variables go by name, or by Python object, as Keras writes them; then their names are read from the
/// graph of objects in the file. Names of TensorFlow-Slim's networks, by themselves or in a detector of
/// the TensorFlow Object Detection API, are translated. A tensor's checksum is compared when it is
/// read.
public final class TensorFlowCheckpoint: WeightFile {
  /// How the tensors lie on disk.
  private enum Storage {
    case bundle(TensorBundle)
    case table(SliceTable)
  }

  /// The path as it was given.
  public let path: String
  /// What the file is, and what of it is left out.
  public let form: String
  /// Whose implementation the weights are for; networks of slim that Keras has just so are Keras's.
  public let variant: Variant
  /// The parameters by their paths in the file, numbers in these counted as such.
  public let tensors: [StoredTensor]
  /// The tensors that are no parameters of the network, each with the reason.
  public let ignored: [IgnoredTensor]
  private let storage: Storage

  /// Opens a checkpoint and reads all names and shapes.
  ///
  /// - Parameter path: The path that TensorFlow gave back, without ending; the index; one of the files
  ///   of data; a single file of version 1; a folder with a file `checkpoint`, which names the latest;
  ///   or the folder of a SavedModel.
  /// - Throws: ``ImportError`` if the checkpoint is not there, is damaged or is in a form that is not
  ///   read.
  public init(_ path: String) throws {
    let place = try CheckpointPlace(path)
    var variables: [TensorFlowVariable]
    var words: String
    switch place {
    case .bundle(let prefix):
      let bundle = try TensorBundle(prefix: prefix)
      (storage, variables) = (.bundle(bundle), bundle.variables)
      words = "TensorFlow checkpoint, version 2"
      if let graph = try bundle.objectGraph() {
        variables = try ObjectGraph(graph).renamed(variables, file: path)
        words += ", by object"
      }
    case .table(let file):
      let table = try SliceTable(file)
      (storage, variables) = (.table(table), table.variables)
      words = "TensorFlow checkpoint, version 1"
    }
    let naming = VariableNaming(variables.inNaturalOrder)
    self.path = path
    (tensors, ignored, variant) = (naming.tensors, naming.ignored, naming.variant)
    form = naming.describe(words)
  }

  /// Whether a path leads to a checkpoint, judged by what is there; whether that is whole is for
  /// ``init(_:)`` to say.
  public static func isRecognized(_ path: String) -> Bool {
    (try? CheckpointPlace(path)) != nil
  }

  public func read(_ tensor: StoredTensor) throws -> Tensor {
    guard let type = tensor.elementType else {
      throw ImportError.unsupportedType(file: path, tensor: tensor.path, found: tensor.typeName)
    }
    switch storage {
    case .bundle(let bundle): return try bundle.read(tensor.path)
    case .table(let table):
      return try table.read(tensor.path, shape: tensor.storedShape, type: type)
    }
  }
}

extension VariableNaming {
  /// A form with what is special about its content.
  func describe(_ form: String) -> String {
    var words = form
    if let networkScope { words += ", TensorFlow-Slim's \(networkScope)" }
    if isDetector { words += " of a Faster R-CNN" }
    return remark.isEmpty ? words : words + "; left out: \(remark)"
  }
}
