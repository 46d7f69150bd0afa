import Importing
import Layers
import Tensors

/// A file of weights that is none: its tensors hold their own number, first to last.
struct MemoryFile: WeightFile {
  let path = "file"
  let form = "a test's file"
  let variant = Variant.keras
  let tensors: [StoredTensor]

  init(_ tensors: [StoredTensor]) { self.tensors = tensors }

  /// Layers of convolutions without bias: names with the shapes of their kernels.
  init(kernels: [(name: String, shape: [Int])]) {
    self.init(kernels.map { tensor("\($0.name)/kernel", $0.shape) })
  }

  func read(_ tensor: StoredTensor) throws -> Tensor {
    let number = Float(tensors.firstIndex(of: tensor) ?? -1)
    let count = tensor.storedShape.reduce(1, *)
    return Tensor(shape: tensor.storedShape, values: Array(repeating: number, count: count))
  }
}

/// A tensor by its name `layer/variable`.
func tensor(
  _ name: String, _ shape: [Int], isNamed: Bool = true, layerClass: String? = nil,
  otherVariables: [String] = []
) -> StoredTensor {
  let slash = name.lastIndex(of: "/") ?? name.startIndex
  return StoredTensor(
    path: "/\(name)", layer: String(name[..<slash]), variable: String(name[slash...].dropFirst()),
    storedShape: shape, elementType: .float32, typeName: "float32", isNamed: isNamed,
    layerClass: layerClass, otherVariables: otherVariables)
}

func graph(_ shape: [Int] = [1, 8, 8, 3], @LayerBuilder _ layers: () -> [any Layer]) throws -> Graph
{
  try Graph([Stage("s", layers: layers)], input: shape)
}

/// The number of the tensor that each parameter was read from.
func sources(_ parameters: Parameters) -> [String: Int] {
  var sources: [String: Int] = [:]
  for (name, tensor) in parameters { sources[name] = Int(tensor.floats[0]) }
  return sources
}

/// What an import throws as a report.
func failingReport(_ body: () throws -> Void) -> ImportReport? {
  do {
    try body()
  } catch ImportError.incomplete(_, let report) {
    return report
  } catch {}
  return nil
}

/// A file whose tensors count up.
struct CountingFile: WeightFile {
  let path = "file"
  let form = "a test's file"
  let variant = Variant.keras
  let tensors: [StoredTensor]

  func read(_ tensor: StoredTensor) throws -> Tensor {
    let count = tensor.storedShape.reduce(1, *)
    return Tensor(shape: tensor.storedShape, values: (0..<count).map { Float($0) })
  }
}
