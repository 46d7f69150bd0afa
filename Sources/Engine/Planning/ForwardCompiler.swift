internal import COneDNN
internal import Layers

/// Turns a fused graph into steps on primitives.
struct ForwardCompiler {
  typealias Value = Graph.Value

  let graph: Graph
  let fused: FusedGraph
  let endpoints: [Value]
  let precision: Precision
  /// What a pullback will ask of the run; nil for inference.
  let flow: GradientFlow?
  private(set) var builder = PlanBuilder()
  /// What a step leaves for its own gradient besides its result.
  private(set) var leftovers: [Value: [Location]] = [:]
  /// What a swish, hard or not, read, where its gradient will be asked for: its result does not tell
  /// its slope.
  private(set) var activationInputs: [Value: Location] = [:]

  private let weights: PreparedWeights
  /// The fused steps that read each value, in order.
  private let readers: [Value: [Int]]
  private var locations: [Value: Location] = [:]

  init(
    _ graph: Graph, fused: FusedGraph, endpoints: [Value], precision: Precision,
    weights: PreparedWeights, flow: GradientFlow? = nil
  ) {
    (self.graph, self.fused, self.endpoints) = (graph, fused, endpoints)
    (self.precision, self.weights, self.flow) = (precision, weights, flow)
    readers = fused.steps.enumerated().reduce(into: [:]) { readers, step in
      for value in step.element.inputs + [step.element.accumulator].compactMap(\.self) {
        readers[fused.resolve(value), default: []].append(step.offset)
      }
    }
  }

  /// Compiles every step, and the steps that hand out the endpoints.
  mutating func compile() throws(EngineError) -> [PlanOutput] {
    locations[graph.input] = .input
    // The caller's input is there for one run only: a pullback comes later.
    let isKept = flow?.keeps(graph.input) ?? false
    let isRounded =
      precision == .bfloat16
      && readers[graph.input, default: []].contains { !fused.steps[$0].readsInput(of: graph) }
    if isRounded || isKept { try copyInput() }
    for (index, step) in fused.steps.enumerated() { try append(step, at: index) }
    var outputs: [PlanOutput] = []
    for endpoint in endpoints { outputs.append(try output(endpoint)) }
    return outputs
  }

  // MARK: Steps

  private mutating func copyInput() throws(EngineError) {
    let target = map(graph.input)
    var source = target
    source.type = ONEDNN_FLOAT32
    let primitive = try Primitive(layer: "input") { onednn_convert_create(source, target, $0) }
    let destination = allocate(target)
    append("input", primitive, from: [.input], to: destination)
    locations[graph.input] = destination
  }

  private mutating func append(
    _ layer: String, _ primitive: Primitive, from sources: [Location], to destination: Location,
    also operands: [Operand] = [], kept: [AnyObject] = [], needsAllThreads: Bool = false
  ) {
    builder.append(
      PlanStep(
        layer: layer, work: .primitive(primitive),
        operands: sources.enumerated().map { Operand(ONEDNN_SOURCE, $0.element, index: $0.offset) }
          + [Operand(ONEDNN_DESTINATION, destination)] + operands, kept: kept,
        needsAllThreads: needsAllThreads))
  }

  /// The place of a sum: the accumulator's own if nobody needs that afterwards, else a copy's.
  private mutating func accumulate(
    onto accumulator: Value?, _ step: FusedGraph.Step, at index: Int
  ) throws(EngineError) -> Location {
    guard let accumulator else { preconditionFailure("layer \(step.layer) has no summand") }
    let source = fused.resolve(accumulator)
    let place = location(of: accumulator)
    let isLastUse =
      readers[source]?.last == index && !endpoints.contains { fused.resolve($0) == source }
      && flow?.keeps(source) != true
    let isRead = step.inputs.contains { fused.resolve($0) == source }
    if case .buffer = place, isLastUse, !isRead { return place }
    let from = map(accumulator)
    let to = map(step.output)
    let copy = try Primitive(layer: step.layer) { onednn_convert_create(from, to, $0) }
    let destination = allocate(to)
    append(step.layer, copy, from: [place], to: destination)
    return destination
  }

  private mutating func output(_ endpoint: Value) throws(EngineError) -> PlanOutput {
    var source = map(endpoint)
    let place = location(of: endpoint)
    if case .input = place { source.type = ONEDNN_FLOAT32 }
    var target = source
    target.type = ONEDNN_FLOAT32
    let layer = graph[endpoint].layer
    let convert = try Primitive(layer: layer) { onednn_convert_create(source, target, $0) }
    // Results are read when all steps have run.
    builder.keep(place)
    let step = PlanStep(
      layer: layer, work: .primitive(convert),
      operands: [Operand(ONEDNN_SOURCE, place), Operand(ONEDNN_DESTINATION, .result)])
    return PlanOutput(step: step, shape: graph[endpoint].shape)
  }

  private mutating func append(
    _ step: FusedGraph.Step, at index: Int
  ) throws(EngineError) {
    if flow?.splitsActivation(of: step) == true { return try appendSplit(step, at: index) }
    let maps = step.inputs.map { map($0) }
    let (source, target) = (maps[0], map(step.output))
    let activation = onednn_activation(step.activation)
    let sources = step.inputs.map { location(of: $0) }
    let destination =
      try step.summandIsPlace
      ? accumulate(onto: step.accumulator, step, at: index) : allocate(target)
    locations[step.output] = destination
    func primitive(
      _ create: (UnsafeMutablePointer<onednn_error>) -> OpaquePointer?
    ) throws(EngineError) -> Primitive { try Primitive(layer: step.layer, create: create) }

    switch step.kernel {
    case .convolution, .dense:
      try append(step, step.product(from: source, to: target), from: sources, to: destination)
    case .scaleShift(let normalization) where target.channels < 16 && step.activation == nil:
      // Most of oneDNN's vectors would be empty.
      let folding = try weights.folding(normalization)
      append(
        "multiply and add", step, from: sources, to: destination, kept: [folding]
      ) { places in
        onednn_multiply_add(
          source, target, folding.scale.start, folding.shift.start, places[0], places[1])
      }
    case .scaleShift(let normalization):
      let compiled = try primitive { onednn_scale_shift_create(source, activation, $0) }
      let folding = try weights.folding(normalization)
      compiled.bind(ONEDNN_SCALE, to: folding.scale.start)
      compiled.bind(ONEDNN_SHIFT, to: folding.shift.start)
      append(step.layer, compiled, from: sources, to: destination, kept: [folding])
    case .channelArithmetic(let arithmetic):
      try append(step, arithmetic, to: destination)
    case .batchNorm(let normalization):
      try append(step, normalization, map: source, from: sources, to: destination)
    case .pool(let kind, let window) where window.suitsOwnPooling:
      appendOwnPool(
        step, isMaximum: kind == .max, window: window, from: sources[0], to: destination)
    case .pool(let kind, let window):
      let isTraining = flow?.needsGradient(step.output) ?? false
      let compiled = try primitive {
        onednn_pool_create(source, target, onednn_window(window), kind == .max, isTraining, $0)
      }
      var workspace: [Operand] = []
      let size = compiled.size(of: ONEDNN_WORKSPACE)
      if size > 0 {
        let place = builder.allocate(byteCount: size)
        leftovers[step.output] = [place]
        workspace = [Operand(ONEDNN_WORKSPACE, place)]
      }
      append(step.layer, compiled, from: sources, to: destination, also: workspace)
    case .localResponseNorm(let response):
      append("local response norm", step, from: sources, to: destination) { places in
        onednn_local_response_norm(
          target, onednn_local_response(response), places[0], places[1])
      }
    case .zeroPad(let margins):
      append("zero pad", step, from: sources, to: destination) { places in
        onednn_zero_pad(
          source, target, Int64(margins.top), Int64(margins.left), places[0], places[1])
      }
    case .activation: try appendActivation(step, from: sources[0], to: destination)
    case .softmax:
      let compiled = try primitive { onednn_softmax_create(source, target, $0) }
      append(step.layer, compiled, from: sources, to: destination)
    case .add:
      // Two at a time; the activation is of the whole sum.
      for index in 1..<sources.count {
        let isLast = index == sources.count - 1
        let compiled = try primitive {
          onednn_add_create(source, isLast ? activation : ONEDNN_IDENTITY, $0)
        }
        let sum = index == 1 ? sources[0] : destination
        append(step.layer, compiled, from: [sum, sources[index]], to: destination)
      }
    case .multiply:
      let isByChannel = graph[step.inputs[1]].shape != graph[step.output].shape
      let summand = step.accumulator.map { location(of: $0) }
      append(
        "multiply", step, from: sources + [summand].compactMap(\.self), to: destination
      ) { places in
        onednn_multiply(
          target, isByChannel, activation, places[0], places[1],
          summand == nil ? nil : places[2], places[places.count - 1])
      }
    case .concatenate:
      let compiled = try primitive {
        onednn_concatenate_create(maps, Int32(maps.count), target, $0)
      }
      append(step.layer, compiled, from: sources, to: destination)
    case .dropout(let rate):
      guard let seed = flow?.dropoutSeed else { preconditionFailure("dropout is for training") }
      let place = UInt64(step.output.index)
      append("dropout", step, from: sources, to: destination) { places in
        onednn_dropout(target, rate, seed.value(at: place), places[0], places[1])
      }
    }
  }

  /// Appends a loop that reads the sources, in their order, and writes the destination.
  private mutating func append(
    _ name: String, _ step: FusedGraph.Step, from sources: [Location], to destination: Location,
    also operands: [Operand] = [], kept: [AnyObject] = [],
    _ body: @escaping ([UnsafeMutableRawPointer]) -> Void
  ) {
    builder.append(
      PlanStep(
        layer: step.layer, work: .loop(name, body),
        operands: sources.enumerated().map { Operand(ONEDNN_SOURCE, $0.element, index: $0.offset) }
          + [Operand(ONEDNN_DESTINATION, destination)] + operands, kept: kept))
  }

  /// Appends a step without its activation, then that by itself: what it reads is needed again.
  private mutating func appendSplit(
    _ step: FusedGraph.Step, at index: Int
  ) throws(EngineError) {
    if case .activation = step.kernel {
      activationInputs[step.output] = location(of: step.inputs[0])
    } else {
      var plain = step
      plain.activation = nil
      try append(plain, at: index)
      activationInputs[step.output] = location(of: step.output)
    }
    guard let source = activationInputs[step.output] else { return }
    let destination = allocate(map(step.output))
    try appendActivation(step, from: source, to: destination)
    locations[step.output] = destination
  }

  /// Appends a step's activation by itself; its place may be the source's.
  private mutating func appendActivation(
    _ step: FusedGraph.Step, from source: Location, to destination: Location
  ) throws(EngineError) {
    let map = map(step.output)
    if step.activation == .hardSigmoid {
      append("hard sigmoid", step, from: [source], to: destination) { places in
        onednn_hard_sigmoid(map, places[0], places[1])
      }
      return
    }
    let primitive = try Primitive(layer: step.layer) {
      onednn_activation_create(map, onednn_activation(step.activation), $0)
    }
    append(step.layer, primitive, from: [source], to: destination)
  }

  /// Arithmetic on the network's own input reads that before it is rounded to bfloat16.
  private mutating func append(
    _ step: FusedGraph.Step, _ arithmetic: FusedGraph.ChannelArithmetic, to destination: Location
  ) throws(EngineError) {
    let folding = try weights.arithmetic(arithmetic)
    let readsInput = step.readsInput(of: graph)
    var source = map(step.inputs[0])
    if readsInput { source.type = ONEDNN_FLOAT32 }
    let (from, target) = (source, map(step.output))
    append(
      "multiply and add", step, from: [readsInput ? .input : location(of: step.inputs[0])],
      to: destination, kept: [folding]
    ) { places in
      onednn_multiply_add(
        from, target, folding.scale.start, folding.shift.start, places[0], places[1])
    }
  }

  private mutating func appendOwnPool(
    _ step: FusedGraph.Step, isMaximum: Bool, window: Window, from source: Location,
    to destination: Location
  ) {
    let (from, to) = (map(step.inputs[0]), map(step.output))
    var winners: [Operand] = []
    if isMaximum && flow?.needsGradient(step.output) == true {
      let count = graph[step.output].shape.reduce(1, *)
      let place = builder.allocate(byteCount: count * MemoryLayout<UInt16>.stride)
      leftovers[step.output] = [place]
      winners = [Operand(ONEDNN_WORKSPACE, place)]
    }
    let leavesWinners = !winners.isEmpty
    append(
      "pool", step, from: [source], to: destination, also: winners
    ) { places in
      onednn_pool(
        from, to, onednn_window(window), isMaximum, places[0], places[1],
        leavesWinners ? places[2].assumingMemoryBound(to: UInt16.self) : nil)
    }
  }

  private mutating func append(
    _ step: FusedGraph.Step, _ product: FusedGraph.Product, from sources: [Location],
    to destination: Location
  ) throws(EngineError) {
    let isSum = step.accumulator != nil
    let choice = product.choice(precision, isSum: isSum)
    let primitive = try Primitive(layer: step.layer) { error in
      onednn_convolution_create(
        product.source, product.destination, onednn_window(product.window), Int64(product.groups),
        isSum, onednn_activation(step.activation), choice.preferredImplementation, error)
    }
    let kernel = try weights.kernel(product.weights, for: primitive)
    let bias = try weights.bias(product.weights, outputs: Int(product.destination.channels))
    primitive.bind(ONEDNN_KERNEL, to: kernel.bytes)
    primitive.bind(ONEDNN_BIAS, to: bias.start)
    append(step.layer, primitive, from: sources, to: destination, kept: [kernel, bias])
  }

  private mutating func append(
    _ step: FusedGraph.Step, _ normalization: FusedGraph.Normalization, map: onednn_map,
    from sources: [Location], to destination: Location
  ) throws(EngineError) {
    guard let flow else { preconditionFailure("statistics of the batch are for training") }
    let primitive = try ComputeThread.shared.withAllThreads { () throws(EngineError) in
      try Primitive(layer: step.layer) { onednn_batch_norm_create(map, normalization.epsilon, $0) }
    }
    let parameters = try NormalizationParameters(normalization, in: flow.parameters)
    primitive.bind(ONEDNN_SCALE, to: parameters.gamma)
    primitive.bind(ONEDNN_SHIFT, to: parameters.beta)
    let channels = Int(map.channels)
    let mean = builder.allocate(byteCount: channels * 4)
    let variance = builder.allocate(byteCount: channels * 4)
    leftovers[step.output] = [mean, variance]
    append(
      step.layer, primitive, from: sources, to: destination,
      also: [Operand(ONEDNN_MEAN, mean), Operand(ONEDNN_VARIANCE, variance)], kept: [parameters],
      needsAllThreads: true)
    builder.append(
      PlanStep(
        layer: step.layer,
        work: .loop("moving statistics") { places in
          parameters.move(towardsMean: places[0], variance: places[1])
        }, operands: [Operand(ONEDNN_MEAN, mean), Operand(ONEDNN_VARIANCE, variance)]))
    guard step.activation != nil else { return }
    try appendActivation(step, from: destination, to: destination)
  }

  // MARK: Places

  private mutating func allocate(_ map: onednn_map) -> Location {
    builder.allocate(byteCount: map.byteCount)
  }

  func location(of value: Value) -> Location {
    guard let location = locations[fused.resolve(value)] else {
      preconditionFailure("layer \(graph[value].layer) is read before it is computed")
    }
    return location
  }

  func map(_ value: Value) -> onednn_map {
    onednn_map(shape: graph[value].shape, type: type(of: value))
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

extension Window {
  /// Whether our own code pools this: oneDNN's is slow where windows are dilated, and has nothing to
  /// say of windows that lie outside of the map.
  var suitsOwnPooling: Bool {
    dilation > 1 || max(margins.top, margins.bottom) >= size.height
      || max(margins.left, margins.right) >= size.width
  }
}

extension FusedGraph {
  /// A convolution or a matrix product, with the maps it reads and writes.
  struct Product {
    let window: Window
    let groups: Int
    let weights: Weights
    let source: onednn_map
    let destination: onednn_map
  }
}

extension FusedGraph.Product {
  func choice(_ precision: Precision, isSum: Bool = false) -> ConvolutionChoice {
    ConvolutionChoice(
      window: window, groups: groups, inputs: Int(source.channels),
      outputs: Int(destination.channels), precision: precision, isSum: isSum)
  }
}

extension FusedGraph.Step {
  /// Whether the result is added to what its own place holds before.
  fileprivate var summandIsPlace: Bool {
    guard accumulator != nil else { return false }
    return if case .multiply = kernel { false } else { true }
  }

  /// Whether the step reads the network's input as the caller gives it, in float32.
  fileprivate func readsInput(of graph: Graph) -> Bool {
    guard case .channelArithmetic = kernel else { return false }
    return inputs[0] == graph.input
  }

  /// A matrix product is a 1×1 convolution of a map of one column: oneDNN's own would divide sums
  /// among threads, so that their number showed in the result.
  func product(from source: onednn_map, to destination: onednn_map) -> FusedGraph.Product {
    switch kernel {
    case .convolution(let window, let groups, let weights):
      .init(
        window: window, groups: groups, weights: weights, source: source, destination: destination)
    case .dense(let weights):
      .init(
        window: Window(size: 1), groups: 1, weights: weights, source: source.flattened,
        destination: destination.flattened)
    default: preconditionFailure("layer \(layer) has no kernel")
    }
  }
}

extension Primitive {
  /// Sets where an operand of float32 numbers is.
  func bind(_ role: onednn_role, to numbers: UnsafePointer<Float>?) {
    guard let numbers else { return }
    bind(role, to: UnsafeRawPointer(numbers))
  }
}
