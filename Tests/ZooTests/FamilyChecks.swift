import Layers
import Testing

/// What every family's tests ask of a network.
extension FeatureExtractor {
  /// Whether the layers up to the last that a file of Fixtures has are the file's, with their outputs
  /// and parameters, all in the file's order of names.
  func expectLayers(of list: String) throws {
    let list = try LayerList(named: list)
    let last = try #require(list.lines.last).split(separator: " ")[0]
    let graph = try Graph(stages, input: [1] + list.input, endpoints: [String(last)])
    #expect(graph.lines == list.lines.sorted())
    // The top's parameters are what is left, unless the list has them too.
    if graph.layers.count < (try Graph(stages, input: imageShape).layers.count) {
      #expect(try graph.parameters + topParameters() == parameters())
    }
  }

  func expectParameters(_ count: Int) throws {
    let parameters = try parameters()
    #expect(parameters.reduce(0) { $0 + $1.count } == count)
    #expect(Set(parameters.map(\.name)).count == parameters.count)
  }

  /// Endpoint, stride and channels of each map.
  var maps: [String] {
    get throws { try featureMaps().map { "\($0.endpoint) \($0.stride) \($0.channels)" } }
  }

  /// What the region stages make of regions of the last map, pooled to so many cells a side.
  ///
  /// They read no parameters but the whole network's, unless a matrix is of another size.
  func regionShape(side: Int) throws -> [Int] {
    let channels = try #require(try featureMaps().last).channels
    let graph = try Graph(regionStages, input: [300, side, side, channels])
    let isOfFixedSize = graph.nodes.contains { $0.operation == .flatten }
    if try !isOfFixedSize || side == sideAfterBridge {
      let whole = try Set(parameters())
      #expect(graph.parameters.allSatisfy(whole.contains))
    }
    #expect(!graph.parameters.isEmpty)
    return graph[graph.output].shape
  }

  /// How many cells a side the whole network's region stages read.
  var sideAfterBridge: Int {
    get throws {
      let graph = try Graph(imageStages + [bridge], input: imageShape)
      return graph[graph.output].shape[1]
    }
  }

  /// The parts, run one after another on the parts' own inputs, are the whole network.
  func expectPartsMakeTheWhole() throws {
    let whole = try Graph(stages, input: imageShape)
    let body = try Graph(imageStages + [bridge], input: imageShape)
    let region = try Graph(regionStages, input: body[body.output].shape)
    let top = try Graph([classifier], input: region[region.output].shape)
    #expect(body.layers + region.layers + top.layers == whole.layers)
    #expect(body.parameters + region.parameters + top.parameters == whole.parameters)
    #expect(top[top.output].shape == whole[whole.output].shape)
    #expect(stages.allSatisfy { !$0.layers.isEmpty && !$0.name.isEmpty })
    #expect(Set(stages.map(\.name)).count == stages.count)
  }
}
