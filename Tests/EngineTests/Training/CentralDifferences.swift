import Engine
import Layers
import Tensors
import Testing

/// A network with numbers in it, a loss that is linear in its endpoints, and so a function that has
/// a slope in every direction.
///
/// Slopes are central differences of the reference interpreter in double precision:
/// (f(θ + h·v) − f(θ − h·v)) / 2h with h = 1e-6 is off by about 1e-10 from rounding and h² from
/// curvature, both far below float32's own error.
struct DifferentiableCase {
  var stages: [Stage]
  var input: Tensor
  var parameters: Parameters
  var endpoints: [String] = []
  var cotangents: [Tensor] = []
  var batchStatistics: Set<String> = []
  var dropoutFactors: [String: [Double]] = [:]

  /// Draws parameters, an input and the loss's gradient for each endpoint.
  init(
    _ stages: [Stage], shape: [Int], endpoints: [String] = [], batchStatistics: Set<String> = [],
    seed: UInt64
  ) throws {
    var generator = SeededGenerator(seed: seed)
    let graph = try Graph(stages, input: shape)
    self.stages = stages
    parameters = graph.randomParameters(using: &generator)
    input = Tensor.random(shape, using: &generator)
    let last = graph.layers.last ?? "input"
    self.endpoints = endpoints.isEmpty ? [last] : endpoints
    for endpoint in self.endpoints {
      let value = try #require(graph.output(of: endpoint))
      cotangents.append(Tensor.random(graph[value].shape, using: &generator))
    }
    self.batchStatistics = batchStatistics
  }

  func graph() throws -> Graph { try Graph(stages, input: input.shape, endpoints: endpoints) }

  /// Kernels, biases, γ and β that the endpoints are computed from.
  func trainableNames() throws -> [String] {
    try graph().parameters(neededFor: endpoints).filter { !$0.isStatistic }.map(\.name)
  }

  /// The gradients as the engine computes them, of the parameters and the input.
  func run(
    trainable: Set<String>? = nil, inputGradient: Bool = true, precision: Precision = .float32,
    seed: UInt64 = 0
  ) throws -> (outputs: [Tensor], gradients: [String: Tensor], input: Tensor?) {
    let trainable = try trainable ?? Set(trainableNames())
    let values = try TrainableParameters(parameters, trainable: trainable)
    let network = try TrainableNetwork(
      stages, parameters: values, batchStatistics: batchStatistics, precision: precision)
    let plan = try network.plan(
      for: input.shape, endpoints: endpoints, inputGradient: inputGradient)
    let outputs = try plan.forward(input, seed: seed)
    let start = try plan.pullback(cotangents)
    return (outputs, values.gradients, start)
  }

  /// What the reference computes for the endpoints.
  func referenceOutputs() throws -> [[Double]] {
    let graph = try graph()
    let values = interpreter(graph, parameters).outputs(for: input)
    return try endpoints.map { values[try #require(graph.output(of: $0)).index] }
  }

  /// The slope of the loss along ±1 in each number of the tensors named, `input` among them.
  ///
  /// - Returns: Nil where a ReLU or a maximum changes sides within the step, so that there is no
  ///   slope.
  func slope(along direction: [String: [Double]]) throws -> Double? {
    let graph = try graph()
    let step = 1e-6
    func loss(_ distance: Double) throws -> Double {
      var (moved, start) = (parameters, input)
      for (name, signs) in direction {
        if name == "input" {
          start = start.moved(distance, along: signs)
        } else {
          moved[name] = try #require(parameters[name]).moved(distance, along: signs)
        }
      }
      let values = interpreter(graph, moved).outputs(for: start)
      return try zip(endpoints, cotangents).reduce(0) { sum, pair in
        let value = try #require(graph.output(of: pair.0))
        return zip(values[value.index], pair.1.doubles).reduce(sum) { $0 + $1.0 * $1.1 }
      }
    }
    let (before, middle, after) = (try loss(-step), try loss(0), try loss(step))
    let (left, right) = ((middle - before) / step, (after - middle) / step)
    // Where f is smooth, the two sides differ by h·f″ and rounding; at a kink by a share of a slope.
    let isSmooth = abs(right - left) <= 1e-3 * max(abs(left), abs(right), 1)
    return isSmooth ? (left + right) / 2 : nil
  }

  private func interpreter(_ graph: Graph, _ parameters: Parameters) -> ReferenceInterpreter {
    ReferenceInterpreter(
      graph: graph, parameters: parameters, batchStatistics: batchStatistics,
      dropoutFactors: dropoutFactors)
  }
}

/// Compares gradients with slopes along a random direction in each group of tensors.
///
/// With v of ±1 at random, ⟨g, v⟩ feels an error in any number, and errors of single numbers that
/// come to ε·‖g‖ together add at random to about ε·‖g‖. float32 sums of a few hundred terms through
/// a few layers leave ε at about 1e-6, so 1e-5·‖g‖ is far outside chance and far inside of any
/// mistake. What should be zero, or cancels, is compared on the scale of all gradients.
func expectSlopes(
  _ test: DifferentiableCase, _ gradients: [String: Tensor], input: Tensor?,
  groups: [[String]]? = nil,
  tolerance: Double = 1e-5, seed: UInt64 = 1, _ comment: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  var generator = SeededGenerator(seed: seed)
  var gradients = gradients
  gradients["input"] = input
  let names = gradients.keys.sorted()
  let all = names.reduce(0.0) { $0 + norm(gradients[$1]) * norm(gradients[$1]) }.squareRoot()
  #expect(all > 0, "\(comment): all gradients are zero", sourceLocation: sourceLocation)
  for group in groups ?? names.map({ [$0] }) {
    var (product, size) = (0.0, 0.0)
    var direction: [String: [Double]] = [:]
    for name in group {
      let gradient = try #require(gradients[name], "\(comment) \(name)")
      let signs = (0..<gradient.count).map { _ in Bool.random(using: &generator) ? 1.0 : -1.0 }
      direction[name] = signs
      product += zip(gradient.doubles, signs).reduce(0) { $0 + $1.0 * $1.1 }
      size += norm(gradient) * norm(gradient)
    }
    let slope = try #require(
      try test.slope(along: direction), "\(comment) \(group): a kink, draw other numbers",
      sourceLocation: sourceLocation)
    #expect(
      abs(product - slope) <= tolerance * (size.squareRoot() + 0.02 * all),
      "\(comment) \(group): \(product), expected \(slope), of \(size.squareRoot())",
      sourceLocation: sourceLocation)
  }
}

/// The square root of the sum of squares; 0 for nothing.
func norm(_ tensor: Tensor?) -> Double {
  (tensor?.doubles ?? []).reduce(0) { $0 + $1 * $1 }.squareRoot()
}

extension TrainableParameters {
  /// Every gradient there is.
  var gradients: [String: Tensor] {
    names.reduce(into: [:]) { $0[$1] = gradient(of: $1) }
  }
}

extension Tensor {
  fileprivate func moved(_ distance: Double, along direction: [Double]) -> Tensor {
    Tensor(shape: shape, doubles: zip(doubles, direction).map { $0 + distance * $1 })
  }
}

/// Layers that only a test composes: any operations in any order.
struct CustomLayer: Layer {
  let operations: @Sendable (inout Graph, Graph.Value) throws(GraphError) -> Graph.Value

  init(
    _ operations: @escaping @Sendable (inout Graph, Graph.Value) throws(GraphError) -> Graph.Value
  ) {
    self.operations = operations
  }

  /// One operation.
  init(_ name: String, _ operation: Operation) {
    operations = { graph, input throws(GraphError) in
      try graph.append(operation, layer: name, inputs: [input])
    }
  }

  func append(to graph: inout Graph, input: Graph.Value) throws(GraphError) -> Graph.Value {
    try operations(&graph, input)
  }
}
