import Foundation
import Layers
import Testing
import Zoo

/// Layers, shapes and parameters against lists that Fixtures/make_layers.py made of Keras's networks.
@Suite struct KerasLayersTests {
  @Test(
    "A network has Keras's layers, with their outputs' and parameters' shapes",
    arguments: [
      ("vgg16", "vgg16", nil), ("vgg19", "vgg19", nil),
      ("resnet50_v1", "resnet50_v1", nil), ("resnet101_v1", "resnet101_v1", nil),
      ("resnet152_v1", "resnet152_v1", nil), ("mobilenet_v1", "mobilenet_v1", nil),
      ("mobilenet_v1_0.25", "mobilenet_v1", 0.25), ("mobilenet_v1_0.33", "mobilenet_v1", 0.33),
      ("mobilenet_v1_0.5", "mobilenet_v1", 0.5), ("mobilenet_v1_0.75", "mobilenet_v1", 0.75),
    ] as [(String, String, Double?)])
  func wholeNetwork(list: String, backbone: String, alpha: Double?) throws {
    let list = try LayerList(named: list)
    let extractor = try Catalogue.extractor(named: backbone, BackboneConfiguration(alpha: alpha))
    let graph = try Graph(extractor.stages, input: [1] + list.input)
    #expect(graph.lines == list.lines.sorted())
  }

  @Test(
    "Without the top, outputs have Keras's shapes at odd and at large sizes",
    arguments: [
      ("vgg16_notop_225x193", "vgg16"), ("resnet50_v1_notop_225x193", "resnet50_v1"),
      ("resnet50_v1_notop_600x1000", "resnet50_v1"),
      ("mobilenet_v1_notop_225x225", "mobilenet_v1"),
    ])
  func body(list: String, backbone: String) throws {
    let list = try LayerList(named: list)
    let extractor = try Catalogue.extractor(named: backbone)
    let card = try Catalogue.card(named: backbone)
    let last = try #require(list.lines.last).split(separator: " ")[0]
    let graph = try Graph(extractor.stages, input: [1] + list.input, endpoints: [String(last)])
    #expect(graph.lines == list.lines.sorted())
    // The top's parameters are what is left.
    let top = try extractor.topParameters()
    #expect(try graph.parameters + top == extractor.parameters())
    if card.name != "resnet50_v1" {
      #expect(
        try Graph(card.benchmarkedStages(of: extractor), input: [1] + list.input).layers
          == graph.layers)
    }
  }
}

/// A file of Fixtures.
struct LayerList {
  let input: [Int]
  let lines: [String]

  init(named name: String) throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/\(name).txt")
    let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
    let words = try #require(lines.first).split(separator: " ")
    try #require(words[0] == "input")
    input = words[1].split(separator: "×").compactMap { Int($0) }
    self.lines = lines.dropFirst().map(String.init)
  }
}

extension Graph {
  /// A line a layer, as the files of Fixtures have them, sorted: Keras lists branches in an order of
  /// its own.
  var lines: [String] {
    layers.map { layer in
      let nodes = nodes.filter { $0.layer == layer }
      let parameters = nodes.flatMap(\.parameters).flatMap { [$0.variable, extents($0.shape)] }
      let epsilons = nodes.compactMap { node -> String? in
        guard case .batchNorm(let epsilon, _, _, _) = node.operation else { return nil }
        return "epsilon \(epsilon)"
      }
      let output = extents(Array(nodes[nodes.count - 1].shape.dropFirst()))
      return ([layer, output] + parameters + epsilons).joined(separator: " ")
    }.sorted()
  }
}

private func extents(_ shape: [Int]) -> String {
  shape.isEmpty ? "scalar" : shape.map(String.init).joined(separator: "×")
}
