import Layers
import Testing
import Zoo

@testable import Importing

/// SENet-154 as the known Keras file has it: every layer named by Keras, each grouped convolution as 64
/// small ones.
@Suite struct GroupTests {
  /// The file's tensors, and what each is a part of.
  private func file(
    of graph: Graph, start: Int
  ) -> (tensors: [StoredTensor], parameters: [String: String]) {
    let layers = Dictionary(
      ImportTarget(graph).layers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var tensors: [StoredTensor] = []
    var parameters: [String: String] = [:]
    for name in KerasLayerOrder(graph).layers {
      guard let layer = layers[name] else { continue }
      for part in 0..<layer.groups {
        for parameter in layer.parameters {
          let stem = layer.layerClass ?? ""
          let number = AutomaticName(name).map { $0.number + part + start }
          let extents = parameter.shape.dropLast() + [(parameter.shape.last ?? 1) / layer.groups]
          let stored = tensor(
            "\(number.map { "\(stem)_\($0)" } ?? name)/\(parameter.variable)", Array(extents))
          tensors.append(stored)
          parameters[stored.name] = parameter.name
        }
      }
    }
    return (tensors, parameters)
  }

  @Test("Each group is put together of its own parts, in their order", arguments: [1, 777])
  func seNet154(start: Int) throws {
    let network = SENet(.seNet154)
    let graph = try Graph(network.stages, input: network.imageShape)
    let (tensors, parameters) = file(of: graph, start: start)
    let plan = ImportPlan(tensors: tensors, architecture: nil, target: ImportTarget(graph))
    #expect(plan.pairs.count == graph.parameters.count)
    #expect(plan.report.unused == [])
    #expect(plan.report.warnings == [])
    var parts = 0
    for pair in plan.pairs {
      #expect(pair.tensors.allSatisfy { parameters[$0.name] == pair.specification.name })
      let numbers = pair.tensors.compactMap { AutomaticName($0.layer)?.number }
      #expect(numbers == numbers.sorted())
      parts = max(parts, pair.tensors.count)
    }
    #expect(parts == 64)
  }
}
