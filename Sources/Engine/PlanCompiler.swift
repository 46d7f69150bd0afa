internal import COneDNN
internal import Layers

/// Turns a fused graph into steps on primitives, and lays out their memory.
struct PlanCompiler {
  private typealias Value = Graph.Value

  private let graph: Graph
  private let fused: FusedGraph
  private let endpoints: [Graph.Value]
  private let precision: Precision
  /// The fused steps that read each value, in order.
  private let readers: [Graph.Value: [Int]]

  private var locations: [Graph.Value: Location] = [:]
  private var buffers: [BufferUse] = []
  private var steps: [PlanStep] = []

  /// A buffer's size and the plan's steps that use it.
  private struct BufferUse {
    let byteCount: Int
    var steps: ClosedRange<Int>
  }

  init(_ graph: Graph, endpoints: [Graph.Value], precision: Precision) {
    (self.graph, self.endpoints, self.precision) = (graph, endpoints, precision)
    let fused = FusedGraph(graph, endpoints: endpoints)
    self.fused = fused
    readers = fused.steps.enumerated().reduce(into: [:]) { readers, step in
      for value in step.element.inputs + [step.element.accumulator].compactMap(\.self) {
        readers[fused.resolve(value), default: []].append(step.offset)
      }
    }
  }

  /// Compiles every step, and the steps that hand out the endpoints.
  mutating func compile(
    weights: PreparedWeights
  ) throws(EngineError) -> (steps: [PlanStep], outputs: [PlanOutput]) {
    locations[graph.input] = .input
    if precision == .bfloat16 && readers[graph.input] != nil { try convertInput() }
    for (index, step) in fused.steps.enumerated() {
      try append(step, at: index, weights: weights)
    }
    var outputs: [PlanOutput] = []
    for endpoint in endpoints { outputs.append(try output(endpoint)) }
    return (steps, outputs)
  }

  /// Allocates the arena and points the steps at it.
  func layOutMemory(of steps: [PlanStep]) -> (arena: Arena, byteCount: Int) {
    let scratchpad = ArenaLayout.Lifetime(
      byteCount: steps.map(\.scratchpadByteCount).max() ?? 0, steps: 0...max(steps.count, 0))
    let layout = ArenaLayout(
      buffers.map { .init(byteCount: $0.byteCount, steps: $0.steps) } + [scratchpad])
    let arena = Arena(byteCount: layout.byteCount)
    let addresses = layout.offsets.map { arena.base + $0 }
    for step in steps {
      step.bind(buffers: addresses, scratchpad: addresses[addresses.count - 1])
    }
    return (arena, layout.byteCount)
  }

  // MARK: Steps

  private mutating func convertInput() throws(EngineError) {
    let target = map(graph.input)
    var source = target
    source.type = ONEDNN_FLOAT32
    let primitive = try Primitive(layer: "input") { onednn_convert_create(source, target, $0) }
    let destination = allocate(graph.input)
    append(
      PlanStep(
        layer: "input", work: .primitive(primitive), sources: [.input], destination: destination))
    locations[graph.input] = destination
  }

  private mutating func append(
    _ step: FusedGraph.Step, at index: Int, weights: PreparedWeights
  ) throws(EngineError) {
    let (work, kept) = try compile(step, weights: weights)
    let sources = step.inputs.map { location(of: $0) }
    let destination: Location
    if let accumulator = step.accumulator {
      destination = try accumulate(onto: accumulator, step, at: index)
    } else {
      destination = allocate(step.output)
    }
    append(
      PlanStep(
        layer: step.layer, work: work, sources: sources, destination: destination, kept: kept))
    locations[step.output] = destination
  }

  /// The place of a sum: the accumulator's own if nobody needs that afterwards, else a copy's.
  private mutating func accumulate(
    onto accumulator: Graph.Value, _ step: FusedGraph.Step, at index: Int
  ) throws(EngineError) -> Location {
    let source = fused.resolve(accumulator)
    let place = location(of: accumulator)
    let isLastUse =
      readers[source]?.last == index && !endpoints.contains { fused.resolve($0) == source }
    let isRead = step.inputs.contains { fused.resolve($0) == source }
    if case .buffer = place, isLastUse, !isRead { return place }
    let from = map(accumulator)
    let to = map(step.output)
    let copy = try Primitive(layer: step.layer) { onednn_convert_create(from, to, $0) }
    let destination = allocate(step.output)
    append(
      PlanStep(
        layer: step.layer, work: .primitive(copy), sources: [place], destination: destination))
    return destination
  }

  private mutating func output(_ endpoint: Graph.Value) throws(EngineError) -> PlanOutput {
    var source = map(endpoint)
    let place = location(of: endpoint)
    if case .input = place { source.type = ONEDNN_FLOAT32 }
    var target = source
    target.type = ONEDNN_FLOAT32
    let layer = graph[endpoint].layer
    let convert = try Primitive(layer: layer) { onednn_convert_create(source, target, $0) }
    if case .buffer(let number) = place {
      // To the end of the plan: results are read when all steps have run.
      buffers[number].steps = buffers[number].steps.lowerBound...steps.count
    }
    let step = PlanStep(
      layer: layer, work: .primitive(convert), sources: [place], destination: .result)
    return PlanOutput(step: step, shape: graph[endpoint].shape)
  }

  private func compile(
    _ step: FusedGraph.Step, weights prepared: PreparedWeights
  ) throws(EngineError) -> (PlanStep.Work, kept: [AnyObject]) {
    let sources = step.inputs.map { map($0) }
    let (source, destination) = (sources[0], map(step.output))
    let activation = onednn_activation(step.activation)
    func primitive(
      _ create: (UnsafeMutablePointer<onednn_error>) -> OpaquePointer?
    ) throws(EngineError) -> Primitive { try Primitive(layer: step.layer, create: create) }

    switch step.kernel {
    case .convolution(let window, let groups, let weights):
      return try compile(
        step, weights, window: window, groups: groups, from: source, to: destination, prepared)
    case .dense(let weights):
      return try compile(
        step, weights, window: Window(size: 1), groups: 1, from: source.flattened,
        to: destination.flattened, prepared)
    case .scaleShift(let normalization):
      let compiled = try primitive { onednn_scale_shift_create(source, activation, $0) }
      let values = try prepared.scaleAndShift(normalization)
      let (scale, shift) = (PinnedFloats(values.scale), PinnedFloats(values.shift))
      compiled.bind(weights: scale.bytes, shift.bytes)
      return (.primitive(compiled), [scale, shift])
    case .pool(let kind, let window):
      let compiled = try primitive {
        onednn_pool_create(source, destination, onednn_window(window), kind == .max, $0)
      }
      return (.primitive(compiled), [])
    case .zeroPad(let margins):
      return (
        .zeroPad(source: source, destination: destination, top: margins.top, left: margins.left), []
      )
    case .activation:
      return (.primitive(try primitive { onednn_activation_create(source, activation, $0) }), [])
    case .softmax:
      return (.primitive(try primitive { onednn_softmax_create(source, destination, $0) }), [])
    case .add: return (.primitive(try primitive { onednn_add_create(source, activation, $0) }), [])
    case .concatenate:
      let compiled = try primitive {
        onednn_concatenate_create(sources, Int32(sources.count), destination, $0)
      }
      return (.primitive(compiled), [])
    }
  }

  /// A matrix product is a 1×1 convolution of a map of one column: oneDNN's own would divide sums
  /// among threads, so that their number showed in the result.
  private func compile(
    _ step: FusedGraph.Step, _ weights: FusedGraph.Weights, window: Window, groups: Int,
    from source: onednn_map, to destination: onednn_map, _ prepared: PreparedWeights
  ) throws(EngineError) -> (PlanStep.Work, kept: [AnyObject]) {
    let isSum = step.accumulator != nil
    let choice = ConvolutionChoice(
      window: window, groups: groups, inputs: Int(source.channels),
      outputs: Int(destination.channels), precision: precision, isSum: isSum)
    let primitive = try Primitive(layer: step.layer) { error in
      onednn_convolution_create(
        source, destination, onednn_window(window), Int64(groups), isSum,
        onednn_activation(step.activation), choice.preferredImplementation, error)
    }
    let kernel = try prepared.kernel(weights, for: primitive)
    let bias = try prepared.bias(weights, outputs: Int(destination.channels))
    primitive.bind(weights: kernel.bytes, bias.bytes)
    return (.primitive(primitive), [kernel, bias])
  }

  // MARK: Places

  private mutating func append(_ step: PlanStep) {
    for case .buffer(let number) in step.sources + [step.destination] {
      buffers[number].steps = buffers[number].steps.lowerBound...steps.count
    }
    steps.append(step)
  }

  /// A buffer that the next step writes.
  private mutating func allocate(_ value: Graph.Value) -> Location {
    let size = type(of: value) == ONEDNN_BFLOAT16 ? 2 : 4
    buffers.append(
      BufferUse(
        byteCount: graph[value].shape.reduce(1, *) * size, steps: steps.count...steps.count))
    return .buffer(buffers.count - 1)
  }

  private func location(of value: Graph.Value) -> Location {
    guard let location = locations[fused.resolve(value)] else {
      preconditionFailure("layer \(graph[value].layer) is read before it is computed")
    }
    return location
  }

  private func map(_ value: Graph.Value) -> onednn_map {
    let shape = graph[value].shape.map(Int64.init)
    let (height, width) = shape.count == 4 ? (shape[1], shape[2]) : (1, 1)
    return onednn_map(
      batch: shape[0], height: height, width: width, channels: shape[shape.count - 1],
      type: type(of: value))
  }

  /// bfloat16 only between steps: what a softmax or nobody reads keeps its float32 sums.
  private func type(of value: Graph.Value) -> onednn_type {
    guard precision == .bfloat16 else { return ONEDNN_FLOAT32 }
    let value = fused.resolve(value)
    let readers = readers[value] ?? []
    guard let step = fused.steps.last(where: { $0.output == value }) else { return ONEDNN_BFLOAT16 }
    switch step.kernel {
    case .softmax: return readers.isEmpty ? ONEDNN_FLOAT32 : ONEDNN_BFLOAT16
    case .convolution, .dense:
      let feedsSoftmaxOnly = readers.allSatisfy { reader in
        if case .softmax = fused.steps[reader].kernel { true } else { false }
      }
      return feedsSoftmaxOnly && step.accumulator == nil ? ONEDNN_FLOAT32 : ONEDNN_BFLOAT16
    default: return ONEDNN_BFLOAT16
    }
  }
}

extension onednn_map {
  /// The same cells one below the other.
  fileprivate var flattened: onednn_map {
    onednn_map(batch: 1, height: batch * height * width, width: 1, channels: channels, type: type)
  }
}

extension onednn_window {
  fileprivate init(_ window: Window) {
    self.init(
      height: Int64(window.size.height), width: Int64(window.size.width),
      stride: Int64(window.stride), dilation: Int64(window.dilation),
      top: Int64(window.margins.top), left: Int64(window.margins.left),
      bottom: Int64(window.margins.bottom), right: Int64(window.margins.right))
  }
}

extension onednn_activation {
  fileprivate init(_ activation: Activation?) {
    self =
      switch activation {
      case .relu: ONEDNN_RELU
      case .relu6: ONEDNN_RELU6
      case .sigmoid: ONEDNN_SIGMOID
      case .softmax, nil: ONEDNN_IDENTITY
      }
  }
}
