import Layers
import Tensors
import Testing
import Zoo

@testable import Importing

/// Files that carry their architecture.
@Suite struct PlaceTests {
  /// A file whose layers are a graph's under other names, in another order.
  struct ModelFile: WeightFile {
    let path = "file"
    let form = "a test's file"
    let variant = Variant.keras
    let tensors: [StoredTensor]
    let architecture: LayerGraph?

    /// Gives the layers other names, and may put them the other way round.
    init(_ graph: Graph, names: [String: String], shuffled: Bool) {
      let parameters = shuffled ? graph.parameters.reversed() : graph.parameters
      tensors = parameters.map { parameter in
        tensor(
          "\(names[parameter.layer, default: parameter.layer])/\(parameter.variable)",
          parameter.shape)
      }
      architecture = LayerGraph(
        LayerGraph(graph).layers.map { layer in
          LayerGraph.Layer(
            names[layer.name, default: layer.name],
            reads: layer.reads.map { names[$0, default: $0] }, isOrdered: layer.isOrdered)
        })
    }

    func read(_ tensor: StoredTensor) throws -> Tensor {
      let number = Float(tensors.firstIndex(of: tensor) ?? -1)
      let count = tensor.storedShape.reduce(1, *)
      return Tensor(shape: tensor.storedShape, values: Array(repeating: number, count: count))
    }
  }

  /// Gives each layer of a class a number, counted from the end: an order that says nothing.
  private func names(of graph: Graph) -> [String: String] {
    let layers = LayerGraph(graph).layers.map(\.name).reversed()
    return Dictionary(
      uniqueKeysWithValues: layers.enumerated().map { ($1, "layer\($0)") })
  }

  private func check(_ graph: Graph) throws {
    let names = names(of: graph)
    let file = ModelFile(graph, names: names, shuffled: true)
    let plan = ImportPlan(
      tensors: file.tensors, architecture: file.architecture, target: ImportTarget(graph))
    #expect(plan.pairs.count == graph.parameters.count)
    for pair in plan.pairs {
      let parameter = pair.specification
      #expect(
        pair.tensors.map(\.name)
          == ["\(names[parameter.layer, default: ""])/\(parameter.variable)"])
    }
    let report = plan.report
    #expect(
      Set(report.ranked.map(\.rule)) == [
        "the same place in the architecture that the file carries"
      ])
    #expect(report.warnings == [])
  }

  @Test(
    "Layers with names that say nothing, in an order that says nothing, are found by their places",
    arguments: [ResNet(.fifty) as any FeatureExtractor, VGG(.sixteen), MobileNet()])
  func networks(network: any FeatureExtractor) throws {
    try check(try Graph(network.stages, input: network.imageShape))
  }

  @Test("Branches of one form are told apart by their places in a concatenation")
  func concatenation() throws {
    try check(
      graph {
        Conv2D("stem", 1, 4)
        Concatenate(
          "both", branches: [[Conv2D("a", 1, 4), ReLU("x")], [Conv2D("b", 1, 4)]])
        Conv2D("last", 1, 4)
      })
  }

  @Test("Branches of one form that are added are not, and go by the order")
  func sum() throws {
    let graph = try graph {
      Conv2D("stem", 1, 4, bias: false)
      Residual("sum") {
        Conv2D("a", 1, 4, bias: false)
      } shortcut: {
        Conv2D("b", 1, 4, bias: false)
      }
    }
    let file = ModelFile(graph, names: names(of: graph), shuffled: false)
    let report = try file.parameters(for: ImportTarget(graph)).report
    #expect(report.ranked.count == 3)
    #expect(report.ranked.filter { $0.rule.hasPrefix("the same place") }.count == 1)
    #expect(report.warnings.count == 1)
  }

  @Test("An architecture that leads in a circle does no harm")
  func circle() throws {
    let graph = try graph { Conv2D("a", 1, 4, bias: false) }
    struct Circular: WeightFile {
      let path = "file"
      let form = "a test's file"
      let variant = Variant.keras
      let tensors = [tensor("b/kernel", [1, 1, 3, 4])]
      let architecture: LayerGraph? = LayerGraph([
        .init("b", reads: ["c"]), .init("c", reads: ["d"]), .init("d", reads: ["c"]),
      ])
      func read(_ tensor: StoredTensor) throws -> Tensor { Tensor(zeros: tensor.storedShape) }
    }
    #expect(try Circular().parameters(for: ImportTarget(graph)).report.ranked.count == 1)
  }
}
