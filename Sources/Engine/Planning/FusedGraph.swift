internal import Layers

/// A graph's operations after rewriting, in the order they run: each step is one primitive.
///
/// Dropout and flattening vanish; normalisations, factors, activations, residual sums and padding
/// become part of the step before or after them, unless their input is itself an endpoint.
struct FusedGraph {
  /// The output of a node of the original graph.
  typealias Value = Graph.Value

  struct Step {
    var kernel: Kernel
    /// What the result goes through last.
    var activation: Activation?
    var inputs: [Value]
    /// A value that the step's result is added to, before the activation.
    var accumulator: Value?
    var output: Value
    let layer: String
  }

  enum Kernel {
    case convolution(Window, groups: Int, Weights)
    case dense(Weights)
    case scaleShift(Normalization)
    /// Arithmetic with numbers that no training changes.
    case channelArithmetic(ChannelArithmetic)
    /// Normalisation with the statistics of the batch.
    case batchNorm(Normalization)
    case pool(Pooling, Window)
    case localResponseNorm(LocalResponse)
    case zeroPad(Margins)
    /// The step's activation, by itself.
    case activation
    case softmax
    case add
    /// The first input times the second, or times its number for the channel.
    case multiply
    case concatenate
    case dropout(rate: Float)
  }

  /// What only training does otherwise.
  struct TrainingBehaviour {
    /// The layers that normalise with the statistics of the batch.
    let batchStatistics: Set<String>
  }

  /// Where a convolution's or a matrix product's weights come from.
  struct Weights: Hashable {
    let kernel: ParameterSpecification
    let bias: ParameterSpecification?
    /// How many channels the result has.
    let outputs: Int
    /// The normalisation that is folded in.
    var normalization: Normalization?
    /// What the result, normalised if it is, is multiplied by.
    var factor: Float = 1
  }

  /// Where a batch normalisation's numbers come from.
  struct Normalization: Hashable {
    let epsilon: Float
    let momentum: Float
    let gamma: ParameterSpecification?
    let beta: ParameterSpecification?
    let mean: ParameterSpecification
    let variance: ParameterSpecification
  }

  /// What is done to each channel of a map, one thing after the other.
  struct ChannelArithmetic: Hashable {
    enum Operation: Hashable {
      /// (x − μ) / √σ².
      case normalize(mean: ParameterSpecification, variance: ParameterSpecification)
      /// a · x + b, for each channel or for all.
      case rescale(factors: [Float], offsets: [Float])
    }

    let channels: Int
    var operations: [Operation]
  }

  private(set) var steps: [Step] = []
  /// Values that are another value's bytes under another shape.
  private(set) var aliases: [Value: Value] = [:]

  private let graph: Graph
  private let endpoints: Set<Value>
  private let training: TrainingBehaviour?
  private let consumers: [Value: [Value]]
  /// Padding that the value's consumers take upon themselves.
  private var absorbedPadding: [Value: (source: Value, margins: Margins)] = [:]

  init(_ graph: Graph, endpoints: [Value], training: TrainingBehaviour? = nil) {
    (self.graph, self.training) = (graph, training)
    self.endpoints = Set(endpoints)
    let reachable = graph.values(neededFor: endpoints)
    consumers = graph.consumers(among: reachable)
    for value in reachable { append(value) }
  }

  /// The value whose bytes these are.
  func resolve(_ value: Value) -> Value {
    var value = value
    while let source = aliases[value] { value = source }
    return value
  }

  private mutating func append(_ value: Value) {
    let node = graph[value]
    switch node.operation {
    case .input: break
    case .dropout(let rate) where training != nil && rate > 0: append(value, .dropout(rate: rate))
    case .dropout, .flatten, .oneCell: aliases[value] = node.inputs[0]
    case .convolution(let window, _, let groups, _):
      append(value, convolution: window, groups: groups)
    case .depthwiseConvolution(let window, _, _):
      append(value, convolution: window, groups: graph[node.inputs[0]].shape[3])
    case .dense: append(value, .dense(Weights(node)))
    case .batchNorm(let epsilon, _, _, let momentum):
      let normalization = Normalization(node, epsilon: epsilon, momentum: momentum)
      if training?.batchStatistics.contains(node.layer) == true {
        append(value, .batchNorm(normalization))
      } else {
        absorb(normalization, as: value)
      }
    case .activation(.softmax): append(value, .softmax)
    case .activation(let activation): absorb(activation, as: value)
    case .pool(let kind, let window): append(value, pool: kind, window)
    case .globalPool(let kind, _):
      let map = graph[node.inputs[0]].shape
      append(value, .pool(kind, Window(size: Extent(map[1], map[2]))))
    case .zeroPad(let margins): append(value, padding: margins)
    case .add where node.inputs.count == 1: aliases[value] = node.inputs[0]
    case .add: append(sum: value)
    case .concatenate: append(value, .concatenate)
    case .normalize:
      absorb(.normalize(mean: node.parameters[0], variance: node.parameters[1]), as: value)
    case .rescale(let factors, let offsets): append(value, factors: factors, offsets: offsets)
    case .localResponseNorm(let response): append(value, .localResponseNorm(response))
    case .multiply: append(value, .multiply)
    }
  }

  private mutating func append(_ value: Value, _ kernel: Kernel, inputs: [Value]? = nil) {
    steps.append(
      Step(
        kernel: kernel, inputs: inputs ?? graph[value].inputs, output: value,
        layer: graph[value].layer))
  }

  private mutating func append(_ value: Value, convolution window: Window, groups: Int) {
    let node = graph[value]
    let (source, margins) = absorbedPadding[node.inputs[0]] ?? (node.inputs[0], .none)
    append(
      value, .convolution(window.padded(by: margins), groups: groups, Weights(node)),
      inputs: [source])
  }

  private mutating func append(_ value: Value, pool kind: Pooling, _ window: Window) {
    let input = graph[value].inputs[0]
    let (source, margins) = absorbedPadding[input] ?? (input, .none)
    append(value, .pool(kind, window.padded(by: margins)), inputs: [source])
  }

  /// Leaves zeros to the operations that read them, if all of them can take them.
  private mutating func append(_ value: Value, padding margins: Margins) {
    let source = graph[value].inputs[0]
    let canAbsorb = (consumers[value] ?? []).allSatisfy { consumer in
      switch graph[consumer].operation {
      case .convolution, .depthwiseConvolution: true
      // Cells outside a map do not count for a maximum, so zeros are the same as none only where
      // no number is below zero.
      case .pool(.max, let window): window.margins == .none && isNonNegative(source)
      default: false
      }
    }
    if canAbsorb && !endpoints.contains(value) {
      absorbedPadding[value] = (source, margins)
    } else {
      append(value, .zeroPad(margins))
    }
  }

  private func isNonNegative(_ value: Value) -> Bool {
    switch steps.last(where: { $0.output == resolve(value) })?.activation {
    case .relu, .relu6, .sigmoid, .hardSigmoid, .softmax: true
    case .swish, .hardSwish, nil: false
    }
  }

  private mutating func absorb(_ normalization: Normalization, as value: Value) {
    let input = graph[value].inputs[0]
    if let index = stepThatMayGrow(input), steps[index].accumulator == nil {
      switch steps[index].kernel {
      case .convolution(let window, let groups, var weights) where weights.canBeNormalized:
        weights.normalization = normalization
        steps[index].kernel = .convolution(window, groups: groups, weights)
        steps[index].output = value
        return
      case .dense(var weights) where weights.canBeNormalized:
        weights.normalization = normalization
        steps[index].kernel = .dense(weights)
        steps[index].output = value
        return
      default: break
      }
    }
    append(value, .scaleShift(normalization))
  }

  /// Leaves one factor for all channels to the weights before it.
  private mutating func append(_ value: Value, factors: [Float], offsets: [Float]) {
    if factors.count == 1, offsets == [0], let index = stepThatMayGrow(graph[value].inputs[0]),
      steps[index].accumulator == nil
    {
      switch steps[index].kernel {
      case .convolution(let window, let groups, var weights):
        weights.factor *= factors[0]
        steps[index].kernel = .convolution(window, groups: groups, weights)
        steps[index].output = value
        return
      case .dense(var weights):
        weights.factor *= factors[0]
        steps[index].kernel = .dense(weights)
        steps[index].output = value
        return
      default: break
      }
    }
    absorb(.rescale(factors: factors, offsets: offsets), as: value)
  }

  /// Several operations on channels are one: a factor and a summand.
  private mutating func absorb(_ operation: ChannelArithmetic.Operation, as value: Value) {
    let input = graph[value].inputs[0]
    if let index = stepThatMayGrow(input),
      case .channelArithmetic(var arithmetic) = steps[index].kernel
    {
      arithmetic.operations.append(operation)
      steps[index].kernel = .channelArithmetic(arithmetic)
      steps[index].output = value
      return
    }
    let shape = graph[value].shape
    append(
      value,
      .channelArithmetic(
        ChannelArithmetic(channels: shape[shape.count - 1], operations: [operation])))
  }

  private mutating func absorb(_ activation: Activation, as value: Value) {
    if let index = stepThatMayGrow(graph[value].inputs[0]) {
      let fits =
        switch steps[index].kernel {
        case .convolution, .dense, .add, .batchNorm: true
        // oneDNN fuses only ReLU with a normalisation.
        case .scaleShift: activation == .relu
        // Our own loop knows these.
        case .multiply: activation == .relu || activation == .relu6
        default: false
        }
      if fits {
        steps[index].activation = activation
        steps[index].output = value
        return
      }
    }
    append(value, .activation)
    steps[steps.count - 1].activation = activation
  }

  /// Lets a convolution or a product that ends in a sum take the other summand.
  private mutating func append(sum value: Value) {
    let inputs = graph[value].inputs
    if inputs.count == 2 {
      // The later one: by then the other has been computed.
      let candidates = inputs.compactMap { input in stepThatMayGrow(input).map { ($0, input) } }
      if let (index, summand) = candidates.max(by: { $0.0 < $1.0 }),
        steps[index].kernel.takesSummand, steps[index].accumulator == nil,
        let other = inputs.first(where: { $0 != summand }),
        steps.firstIndex(where: { $0.output == resolve(other) }) ?? -1 < index
      {
        steps[index].accumulator = other
        steps[index].output = value
        return
      }
    }
    append(value, .add)
  }

  /// The step that computes `value`, if nothing else reads the value and no activation has closed
  /// the step.
  private func stepThatMayGrow(_ value: Value) -> Int? {
    guard consumers[value]?.count == 1, !endpoints.contains(value),
      let index = steps.lastIndex(where: { $0.output == value }), steps[index].activation == nil
    else { return nil }
    return index
  }
}

extension FusedGraph.Weights {
  fileprivate init(_ node: Graph.Node) {
    kernel = node.parameters[0]
    bias = node.parameters.dropFirst().first
    outputs = node.shape[node.shape.count - 1]
  }

  /// A normalisation comes before a factor.
  fileprivate var canBeNormalized: Bool { normalization == nil && factor == 1 }

  /// The parameters in the order of their names, the folded normalisation's too.
  var specifications: [ParameterSpecification] {
    [kernel] + [bias].compactMap(\.self) + (normalization?.specifications ?? [])
  }
}

extension FusedGraph.Kernel {
  /// Whether the step can add a map to its result.
  fileprivate var takesSummand: Bool {
    switch self {
    case .convolution, .multiply: true
    default: false
    }
  }
}

extension FusedGraph.ChannelArithmetic {
  var specifications: [ParameterSpecification] {
    operations.flatMap { operation -> [ParameterSpecification] in
      switch operation {
      case .normalize(let mean, let variance): [mean, variance]
      case .rescale: []
      }
    }
  }
}

extension FusedGraph.Normalization {
  fileprivate init(_ node: Graph.Node, epsilon: Float, momentum: Float) {
    func parameter(_ variable: String) -> ParameterSpecification? {
      node.parameters.first { $0.variable == variable }
    }
    guard let mean = parameter("moving_mean"), let variance = parameter("moving_variance") else {
      preconditionFailure("batch norm \(node.layer) has no statistics")
    }
    (self.epsilon, self.momentum, self.mean, self.variance) = (epsilon, momentum, mean, variance)
    (gamma, beta) = (parameter("gamma"), parameter("beta"))
  }

  var specifications: [ParameterSpecification] {
    [gamma, beta, mean, variance].compactMap(\.self)
  }
}

extension Window {
  fileprivate func padded(by outer: Margins) -> Window {
    Window(size: size, stride: stride, dilation: dilation, margins: margins + outer)
  }
}

extension Graph {
  /// Who reads each value.
  fileprivate func consumers(among values: [Value]) -> [Value: [Value]] {
    values.reduce(into: [:]) { consumers, value in
      for input in self[value].inputs { consumers[input, default: []].append(value) }
    }
  }
}
