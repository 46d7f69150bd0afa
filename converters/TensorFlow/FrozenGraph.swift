internal import Files
public import Importing
public import Layers
public import Tensors

/// A frozen graph of TensorFlow (`.pb`): a `GraphDef` with the weights as constants, unread.
///
/// Constants that stand where variables stood are taken for parameters, under the variables' names;
/// the other constants of a graph, axes and sizes and anchors, are not. Names are translated as those
/// of a ``TensorFlowCheckpoint``.
public final class FrozenGraph: WeightFile {
  /// The path as it was given.
  public let path: String
  /// What the file is, and what of it is left out.
  public let form: String
  /// Whose implementation the weights are for; networks of slim that Keras has just so are Keras's.
  public let variant: Variant
  /// The parameters, in the order of the graph.
  public let tensors: [StoredTensor]
  /// The tensors that are no parameters of the network, each with the reason.
  public let ignored: [IgnoredTensor]
  private let file: FileWindow
  private let numbers: [String: NumberLocation]

  /// Opens a file and reads all names and shapes.
  ///
  /// - Throws: `FileError` if the file is not there; ``ImportError`` if it is no graph, is damaged, or its
  ///   weights are elsewhere.
  public init(_ path: String) throws {
    let file = try FileWindow(reading: path)
    guard try GraphReader.isGraph(file) else {
      if path.split(separator: "/").last == "saved_model.pb" {
        throw ImportError.unreadableForm(
          file: path, form: "the graph of a SavedModel", advice: "pass the folder that it is in")
      }
      throw ImportError.notWeights(
        file: path, found: "something else than a TensorFlow graph (.pb)")
    }
    let graph = try GraphReader(file)
    guard !graph.variables.isEmpty else {
      if graph.hasVariables {
        throw ImportError.unreadableForm(
          file: path, form: "a graph without the values of its variables",
          advice: "pass the checkpoint that belongs to it, or freeze it")
      }
      if graph.hasNamelessVariables {
        throw ImportError.unreadableForm(
          file: path,
          form: "a graph frozen by TensorFlow 2, which does not say what its constants were",
          advice: "pass the checkpoint or the SavedModel that it was made of")
      }
      throw ImportError.notWeights(file: path, found: "a TensorFlow graph without weights")
    }
    let naming = VariableNaming(graph.variables)
    (self.path, self.file, numbers) = (path, file, graph.numbers)
    (tensors, ignored, variant) = (naming.tensors, naming.ignored, naming.variant)
    form = naming.describe("TensorFlow graph, frozen")
  }

  /// Whether a file begins as a graph does.
  public static func isRecognized(_ path: String) -> Bool {
    guard let file = try? FileWindow(reading: path) else { return false }
    return (try? GraphReader.isGraph(file)) ?? false
  }

  public func read(_ tensor: StoredTensor) throws -> Tensor {
    guard let type = tensor.elementType, let location = numbers[tensor.path] else {
      throw ImportError.unsupportedType(file: path, tensor: tensor.path, found: tensor.typeName)
    }
    return try TensorMessage.read(
      location, shape: tensor.storedShape, type: type, from: file, path: tensor.path)
  }
}
