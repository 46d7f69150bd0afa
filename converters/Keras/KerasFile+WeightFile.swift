internal import HDF5
public import Importing
public import Layers
public import Tensors

extension KerasFile: WeightFile {
  public var variant: Variant { .keras }

  public var tensors: [StoredTensor] {
    weights.map { weight in
      StoredTensor(
        path: weight.path, layer: weight.layer, variable: weight.variable,
        otherLayers: weight.otherLayers, rule: weight.rule, storedShape: weight.dataset.shape,
        elementType: weight.dataset.elementType, typeName: weight.dataset.typeName)
    }
  }

  public func read(_ tensor: StoredTensor) throws -> Tensor { try file.read(tensor.path) }
}
