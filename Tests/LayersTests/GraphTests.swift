import Layers
import Testing

@Suite struct GraphTests {
  private let small = [
    Stage("first") {
      Conv2D("conv", 3, 4, stride: 2, activation: .relu)
      BatchNorm("bn", scale: false)
    },
    Stage("second") {
      Residual("add") {
        DepthwiseConv2D("dw", 3, bias: false)
        Conv2D("pw", 1, 4, groups: 2)
      }
      ReLU("out")
      GlobalAveragePool("pool")
      Dense("fc", 5)
    },
  ]

  @Test("Operations stand in the order they run, those of a layer under its name")
  func order() throws {
    let graph = try Graph(small, input: [1, 8, 8, 3])
    #expect(graph.layers == ["conv", "bn", "dw", "pw", "add", "out", "pool", "fc"])
    #expect(
      graph.nodes.map(\.layer) == [
        "input", "conv", "conv", "bn", "dw", "pw", "add", "out", "pool", "fc",
      ])
    #expect(graph[graph.input].operation == .input)
    #expect(graph[graph.output].layer == "fc")
    #expect(graph.nodes[6].inputs.map { graph[$0].layer } == ["bn", "pw"])
    // A layer hands on what its last operation gives.
    #expect(try #require(graph.output(of: "conv")).index == 2)
    #expect(graph.output(of: "nothing") == nil)
  }

  @Test("Parameters are named and shaped as Keras stores them, in the order of the layers")
  func parameters() throws {
    let graph = try Graph(small, input: [1, 8, 8, 3])
    #expect(
      graph.parameters.map(\.description) == [
        "conv/kernel [3, 3, 3, 4]", "conv/bias [4]", "bn/beta [4]", "bn/moving_mean [4]",
        "bn/moving_variance [4]", "dw/kernel [3, 3, 4, 1]", "pw/kernel [1, 1, 2, 4]",
        "pw/bias [4]", "fc/kernel [4, 5]", "fc/bias [5]",
      ])
    #expect(graph.parameters[0].count == 108)
    #expect(graph.parameters[0].name == "conv/kernel")
  }

  @Test("Without γ and β a normalisation has its statistics only")
  func bareNorm() throws {
    let graph = try Graph(
      [Stage("s") { BatchNorm("bn", scale: false, center: false) }], input: [1, 3])
    #expect(graph.parameters.map(\.variable) == ["moving_mean", "moving_variance"])
  }

  /// conv 4 · 4 positions × 27 × 4, depthwise 16 × 9 × 4, pointwise 16 × 2 × 4, dense 4 × 5; twice,
  /// for two images.
  @Test("Multiply-adds are positions times numbers of the kernel")
  func multiplyAdds() throws {
    let graph = try Graph(small, input: [2, 8, 8, 3])
    #expect(graph.multiplyAddCount == 2 * (16 * 108 + 16 * 36 + 16 * 8 + 20))
  }

  @Test("Layers after the last endpoint are left out, whatever the endpoints' order")
  func endpoints() throws {
    #expect(
      try Graph(small, input: [1, 8, 8, 3], endpoints: ["bn", "conv"]).layers == ["conv", "bn"])
    #expect(
      try Graph(small, input: [1, 8, 8, 3], endpoints: ["out"]).layers
        == ["conv", "bn", "dw", "pw", "add", "out"])
    // A composite comes as a whole.
    #expect(
      try Graph(small, input: [1, 8, 8, 3], endpoints: ["dw"]).layers
        == ["conv", "bn", "dw", "pw", "add"])
  }

  @Test("An endpoint may lie where the input is too small for what follows")
  func endpointBeforeMisfit() throws {
    let stages = [
      Stage("s") {
        Conv2D("conv", 3, 1)
        MaxPool("pool", 9, stride: 1)
      }
    ]
    #expect(throws: GraphError.self) { try Graph(stages, input: [1, 5, 5, 1]) }
    #expect(throws: Never.self) { try Graph(stages, input: [1, 5, 5, 1], endpoints: ["conv"]) }
  }

  @Test("What an endpoint needs is all that comes before it on any path, and no more")
  func needed() throws {
    let graph = try Graph(small, input: [1, 8, 8, 3])
    let dw = try #require(graph.output(of: "dw"))
    let layers = graph.values(neededFor: [dw]).map { graph[$0].layer }
    #expect(layers == ["input", "conv", "conv", "bn", "dw"])
    let parameters = graph.parameters(neededFor: ["bn", "nothing"])
    #expect(parameters.map(\.layer) == ["conv", "conv", "bn", "bn", "bn"])
  }

  @Test("An unknown endpoint is answered with the nearest layers")
  func unknownEndpoint() {
    let error = #expect(throws: GraphError.self) {
      try Graph(small, input: [1, 8, 8, 3], endpoints: ["conv", "ot"])
    }
    #expect(
      error?.description
        == "layer ot: there is no such layer; the nearest names are out, bn, dw")
  }

  @Test("Two layers of one name are refused, next to each other or far apart")
  func duplicateNames() {
    let pairs: [[any Layer]] = [
      [Conv2D("a", 1, 2), Conv2D("a", 1, 2)],
      [Conv2D("a", 1, 2), ReLU("a")],
      [Conv2D("a", 1, 2), ReLU("b"), BatchNorm("a")],
      [Residual("b", body: { ReLU("a") }, shortcut: { ReLU("a") })],
      [Residual("a", body: { ReLU("a") })],
      [Concatenate("c", branches: [[ReLU("a")], [ReLU("a")]])],
      [Residual("b", body: { ReLU("a") }), ReLU("a")],
    ]
    for layers in pairs {
      let error = #expect(throws: GraphError.self) {
        try Graph([Stage("s") { layers }], input: [1, 4, 4, 2])
      }
      #expect(error?.description == "layer a: two layers have this name; rename one")
    }
    #expect(throws: GraphError.self) {
      try Graph([Stage("s") { ReLU("input") }], input: [1, 4, 4, 2])
    }
  }

  @Test("A layer of one's own may append several operations, each reading the one before")
  func customLayer() throws {
    struct Twice: Layer {
      func append(
        to graph: inout Graph, input: Graph.Value
      ) throws(GraphError) -> Graph.Value {
        let once = try graph.append(.activation(.relu), layer: "twice", inputs: [input])
        return try graph.append(.activation(.sigmoid), layer: "twice", inputs: [once])
      }
    }
    struct Sideways: Layer {
      func append(
        to graph: inout Graph, input: Graph.Value
      ) throws(GraphError) -> Graph.Value {
        _ = try graph.append(.activation(.relu), layer: "sideways", inputs: [input])
        return try graph.append(.activation(.sigmoid), layer: "sideways", inputs: [input])
      }
    }
    #expect(try Graph([Stage("s") { Twice() }], input: [1, 2]).layers == ["twice"])
    #expect(throws: GraphError.self) { try Graph([Stage("s") { Sideways() }], input: [1, 2]) }
  }

  @Test("A stage lists layers with conditions and loops")
  func builder() throws {
    func stage(_ long: Bool) -> Stage {
      Stage("s") {
        if long {
          for index in 0..<3 { ReLU("relu\(index)") }
        } else {
          ReLU("relu")
        }
        if long { ReLU("last") }
        [ReLU("end")]
      }
    }
    #expect(
      try Graph([stage(true)], input: [1, 2]).layers == ["relu0", "relu1", "relu2", "last", "end"])
    #expect(try Graph([stage(false)], input: [1, 2]).layers == ["relu", "end"])
    #expect(try Graph([.empty, stage(false), .empty], input: [1, 2]).layers == ["relu", "end"])
  }
}
