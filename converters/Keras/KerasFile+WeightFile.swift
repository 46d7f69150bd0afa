internal import HDF5
public import Importing
internal import Layers
public import Tensors

extension KerasFile: WeightFile {
  public var architecture: LayerGraph? { found.architecture }

  public var warnings: [String] { found.warnings }

  public var tensors: [StoredTensor] { weights.map(\.stored) }

  public func read(_ tensor: StoredTensor) throws -> Tensor {
    guard let (file, _) = found.files.first(where: { $0.paths.contains(tensor.path) }) else {
      throw HDF5Error(file: path, object: tensor.path, reason: "is not in the file")
    }
    // Integers that count something; quantised weights are refused before.
    if tensor.shape.isEmpty && tensor.variable == "count" {
      return try file.readAsFloat32(tensor.path)
    }
    return try file.read(tensor.path)
  }
}
