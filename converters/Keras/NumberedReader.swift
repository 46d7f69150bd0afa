internal import HDF5
internal import Importing

/// Reads the layout of Keras before version 1: `layer_0/param_0`, without any names.
///
/// Those versions ran on Theano, and with it at first alone: kernels are `[out, in, height, width]` and
/// mirrored.
struct NumberedReader {
  let file: HDF5File

  func read() throws -> KerasContent {
    guard let count = try file.integers("nb_layers", of: "/").first,
      (0...file.maximumGroupCount) ~= count
    else { throw damaged("/", "has an impossible number of layers") }
    let layers = try (0..<count).map { try layer($0) }
    let arrangement = KernelArrangement(layers: layers, mayBeOutputFirst: true, isFlipped: true)
    return KerasContent(
      form: "numbered HDF5 layout", content: .weights,
      layers: layers.map { arrangement.applied(to: $0) }, file: file, kerasVersion: "0",
      backend: "theano", warnings: arrangement.warnings)
  }

  private func layer(_ number: Int) throws -> KerasLayer {
    let group = "/layer_\(number)"
    guard try file.exists(group) else { throw damaged("/", "has no group \(group)") }
    let count = try file.integers("nb_params", of: group).first ?? 0
    guard (0...file.maximumGroupCount) ~= count else {
      throw damaged(group, "has an impossible number of tensors")
    }
    let datasets = try (0..<count).map { index in
      let path = "\(group)/param_\(index)"
      return (path, try file.describe(path))
    }
    // Of four axes there was one class only.
    let layerClass = datasets.first?.1.shape.count == 4 ? "conv2d" : nil
    let variables = VariableNames(layerClass: layerClass, shapes: datasets.map(\.1.shape))
    let name = "layer_\(number)"
    return KerasLayer(
      name: name,
      weights: datasets.enumerated().map { index, dataset in
        KerasWeight(
          path: dataset.0, layer: name, variable: variables[index].name, dataset: dataset.1,
          otherVariables: variables[index].others, isNamed: false,
          layerClass: variables.layerClass)
      })
  }

  private func damaged(_ object: String, _ reason: String) -> ImportError {
    .damaged(file: file.path, object: object, reason: reason)
  }
}

extension HDF5File {
  /// More groups or tensors than any network has.
  var maximumGroupCount: Int { 1_000_000 }
}
