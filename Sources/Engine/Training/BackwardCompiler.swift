internal import COneDNN
internal import Layers

/// Turns a fused graph's steps, last to first, into steps that take gradients back.
///
/// A value's gradient is the sum of what the steps that read it contribute. It is added up in one
/// pass, which also takes it back through the activation of the step that made the value; a single
/// contribution to a value without an activation costs no pass.
struct BackwardCompiler {
  private typealias Value = Graph.Value

  private(set) var builder: PlanBuilder

  private let forward: ForwardCompiler
  private let flow: GradientFlow
  private let weights: PreparedWeights
  private var contributions: [Graph.Value: [Contribution]] = [:]

  private var graph: Graph { forward.graph }
  private var fused: FusedGraph { forward.fused }

  /// A part of a value's gradient.
  private struct Contribution {
    let location: Location
    /// Whether other values' gradients are there too, so that nothing may be written in its place.
    let isShared: Bool
  }

  init(after forward: ForwardCompiler, flow: GradientFlow, weights: PreparedWeights) {
    (self.forward, self.flow, self.weights) = (forward, flow, weights)
    builder = forward.builder
  }

  /// Compiles every step, and the one that hands out the input's gradient if that is asked for.
  mutating func compile() throws(EngineError) -> PlanOutput? {
    for (index, endpoint) in forward.endpoints.enumerated() where flow.needsGradient(endpoint) {
      try take(index, of: endpoint)
    }
    for step in fused.steps.reversed() where flow.needsGradient(step.output) {
      try append(step, sum(at: step.output, activation: step.activation))
    }
    return flow.needsGradient(graph.input) ? try inputGradient() : nil
  }

  // MARK: Ends

  /// Takes the caller's gradient of an endpoint in.
  private mutating func take(_ index: Int, of endpoint: Value) throws(EngineError) {
    let target = map(endpoint)
    var source = target
    source.type = ONEDNN_FLOAT32
    let layer = graph[endpoint].layer
    let primitive = try Primitive(layer: layer) { onednn_convert_create(source, target, $0) }
    let place = builder.allocate(byteCount: target.byteCount)
    builder.append(
      PlanStep(
        layer: layer, work: .primitive(primitive),
        operands: [
          Operand(ONEDNN_SOURCE, .gradient(index)), Operand(ONEDNN_DESTINATION, place),
        ]))
    contribute(place, to: endpoint)
  }

  private mutating func inputGradient() throws(EngineError) -> PlanOutput {
    let place = sum(at: graph.input, activation: nil).location
    builder.keep(place)
    let source = map(graph.input)
    var target = source
    target.type = ONEDNN_FLOAT32
    let primitive = try Primitive(layer: "input") { onednn_convert_create(source, target, $0) }
    return PlanOutput(
      step: PlanStep(
        layer: "input", work: .primitive(primitive),
        operands: [Operand(ONEDNN_SOURCE, place), Operand(ONEDNN_DESTINATION, .result)]),
      shape: graph[graph.input].shape)
  }

  // MARK: Sums

  private mutating func contribute(_ location: Location, to value: Value, isShared: Bool = false) {
    contributions[fused.resolve(value), default: []].append(
      Contribution(location: location, isShared: isShared))
  }

  /// The gradient of a value, taken back through the activation that the value went through last.
  private mutating func sum(at value: Value, activation: Activation?) -> Contribution {
    let parts = contributions.removeValue(forKey: fused.resolve(value)) ?? []
    guard let first = parts.first else {
      preconditionFailure("nothing that reads layer \(graph[value].layer) has a gradient")
    }
    if parts.count == 1 && activation == nil { return first }
    let (map, result) = (map(value), forward.map(value))
    let place =
      parts.first { !$0.isShared }?.location ?? builder.allocate(byteCount: map.byteCount)
    var operands = parts.enumerated().map {
      Operand(ONEDNN_SOURCE, $0.element.location, index: $0.offset)
    }
    operands.append(Operand(ONEDNN_DESTINATION, place))
    // What the activation had given tells its slope; of a swish, hard or not, what it had read.
    if activation != nil {
      let place = forward.activationInputs[value] ?? forward.location(of: value)
      operands.append(Operand(ONEDNN_SOURCE, place))
    }
    let count = parts.count
    builder.append(
      PlanStep(
        layer: graph[value].layer,
        work: .loop("gradient sum of \(count)") { places in
          let sources = places.prefix(count).map { UnsafeRawPointer($0) as UnsafeRawPointer? }
          onednn_gradient_sum(
            map, sources, Int32(count), onednn_activation(activation), result.type,
            activation == nil ? nil : places[count + 1], places[count])
        }, operands: operands))
    return Contribution(location: place, isShared: false)
  }

  // MARK: Steps

  private mutating func append(
    _ step: FusedGraph.Step, _ sum: Contribution
  ) throws(EngineError) {
    let (input, gradient) = (step.inputs[0], sum.location)
    switch step.kernel {
    case .convolution, .dense: try appendProduct(step, gradient: gradient)
    case .scaleShift(let normalization):
      try append(step, normalization, gradient: gradient, statistics: nil)
    case .batchNorm(let normalization):
      try append(
        step, normalization, gradient: gradient, statistics: forward.leftovers[step.output])
    case .channelArithmetic(let arithmetic):
      let (map, folding) = (map(input), try weights.arithmetic(arithmetic))
      append("multiply", step, from: [gradient], to: input) { places in
        onednn_multiply_add(map, map, folding.scale.start, nil, places[0], places[1])
      }
    case .pool(let kind, let window) where window.suitsOwnPooling:
      appendOwnPool(step, isMaximum: kind == .max, window: window, gradient: gradient)
    case .pool(let kind, let window):
      try appendPool(step, isMaximum: kind == .max, window: window, gradient: gradient)
    case .localResponseNorm(let response):
      let map = map(input)
      append(
        "local response norm gradient", step, from: [forward.location(of: input), gradient],
        to: input
      ) { places in
        onednn_local_response_norm_gradient(
          map, onednn_local_response(response), places[0], places[1], places[2])
      }
    case .zeroPad(let margins):
      let (source, target) = (map(step.output), map(input))
      append("crop", step, from: [gradient], to: input) { places in
        onednn_crop(
          source, target, Int64(margins.top), Int64(margins.left), places[0], places[1])
      }
    case .activation: contribute(gradient, to: input, isShared: sum.isShared)
    case .softmax:
      let (map, result) = (map(step.output), forward.map(step.output))
      append(
        "softmax gradient", step, from: [gradient, forward.location(of: step.output)], to: input
      ) { places in
        onednn_softmax_gradient(map, places[0], result.type, places[1], places[2])
      }
    case .add:
      let inputs = step.inputs.filter(flow.needsGradient)
      for input in inputs {
        contribute(gradient, to: input, isShared: sum.isShared || inputs.count > 1)
      }
    case .multiply: appendFactors(step, gradient: gradient)
    case .concatenate: appendSlices(step, gradient: gradient)
    case .dropout(let rate):
      let map = map(step.output)
      let (seed, place) = (flow.dropoutSeed, UInt64(step.output.index))
      append("dropout", step, from: [gradient], to: input) { places in
        onednn_dropout(map, rate, seed.value(at: place), places[0], places[1])
      }
    }
    // Last: until here the gradient was read, from now on the sum may be written in its place.
    if let accumulator = step.accumulator, flow.needsGradient(accumulator) {
      contribute(gradient, to: accumulator, isShared: sum.isShared)
    }
  }

  /// Appends a loop that makes a part of an input's gradient.
  private mutating func append(
    _ name: String, _ step: FusedGraph.Step, from sources: [Location], to input: Value,
    _ body: @escaping ([UnsafeMutableRawPointer]) -> Void
  ) {
    let place = builder.allocate(byteCount: map(input).byteCount)
    builder.append(
      PlanStep(
        layer: step.layer, work: .loop(name, body),
        operands: (sources + [place]).map { Operand(ONEDNN_SOURCE, $0) }))
    contribute(place, to: input)
  }

  private mutating func appendSlices(_ step: FusedGraph.Step, gradient: Location) {
    let source = map(step.output)
    var first: Int64 = 0
    for input in step.inputs {
      let (target, start) = (map(input), first)
      first += target.channels
      guard flow.needsGradient(input) else { continue }
      append("slice", step, from: [gradient], to: input) { places in
        onednn_slice_channels(source, target, start, places[0], places[1])
      }
    }
  }

  private mutating func appendFactors(_ step: FusedGraph.Step, gradient: Location) {
    let (input, factors, map) = (step.inputs[0], step.inputs[1], map(step.output))
    let isByChannel = graph[factors].shape != graph[input].shape
    if flow.needsGradient(input) {
      append("multiply", step, from: [gradient, forward.location(of: factors)], to: input) {
        places in
        onednn_multiply(
          map, isByChannel, ONEDNN_IDENTITY, places[0], places[1], nil, places[2])
      }
    }
    guard flow.needsGradient(factors) else { return }
    append(
      "factor gradient", step, from: [forward.location(of: input), gradient], to: factors
    ) { places in
      if isByChannel {
        onednn_factor_gradient(map, places[0], places[1], places[2])
      } else {
        onednn_multiply(map, false, ONEDNN_IDENTITY, places[0], places[1], nil, places[2])
      }
    }
  }

  private mutating func appendOwnPool(
    _ step: FusedGraph.Step, isMaximum: Bool, window: Window, gradient: Location
  ) {
    let (source, target) = (map(step.inputs[0]), map(step.output))
    let winners = forward.leftovers[step.output] ?? []
    append("pool gradient", step, from: [gradient] + winners, to: step.inputs[0]) {
      places in
      onednn_pool_gradient(
        source, target, onednn_window(window), places[0],
        isMaximum ? places[1].assumingMemoryBound(to: UInt16.self) : nil,
        places[places.count - 1])
    }
  }

  private mutating func appendPool(
    _ step: FusedGraph.Step, isMaximum: Bool, window: Window, gradient: Location
  ) throws(EngineError) {
    let (source, target) = (map(step.inputs[0]), map(step.output))
    func create() throws(EngineError) -> Primitive {
      try Primitive(layer: step.layer) {
        onednn_pool_gradient_create(source, target, onednn_window(window), isMaximum, $0)
      }
    }
    // Where windows overlap, a cell's gradient is a sum, whose order follows the number of threads.
    let isSum = window.stride < max(window.size.height, window.size.width)
    let primitive =
      try isSum
      ? ComputeThread.shared.withAllThreads { () throws(EngineError) in try create() }
      : create()
    let place = builder.allocate(byteCount: source.byteCount)
    let workspace = forward.leftovers[step.output] ?? []
    builder.append(
      PlanStep(
        layer: step.layer, work: .primitive(primitive),
        operands: [
          Operand(ONEDNN_DESTINATION_GRADIENT, gradient), Operand(ONEDNN_SOURCE_GRADIENT, place),
        ] + workspace.map { Operand(ONEDNN_WORKSPACE, $0) }, needsAllThreads: isSum))
    contribute(place, to: step.inputs[0])
  }

  private mutating func append(
    _ step: FusedGraph.Step, _ normalization: FusedGraph.Normalization, gradient: Location,
    statistics: [Location]?
  ) throws(EngineError) {
    let input = step.inputs[0]
    let map = map(input)
    let primitive = try ComputeThread.shared.withAllThreads { () throws(EngineError) in
      try Primitive(layer: step.layer) {
        onednn_batch_norm_gradient_create(map, normalization.epsilon, statistics == nil, $0)
      }
    }
    let parameters = try NormalizationParameters(normalization, in: flow.parameters)
    primitive.bind(ONEDNN_SCALE, to: parameters.gamma)
    primitive.bind(ONEDNN_SHIFT, to: parameters.beta)
    var operands = [
      Operand(ONEDNN_SOURCE, forward.location(of: input)),
      Operand(ONEDNN_DESTINATION_GRADIENT, gradient),
    ]
    if let statistics {
      operands += zip([ONEDNN_MEAN, ONEDNN_VARIANCE], statistics).map { Operand($0, $1) }
    } else {
      primitive.bind(ONEDNN_MEAN, to: parameters.mean)
      primitive.bind(ONEDNN_VARIANCE, to: parameters.variance)
    }
    let scale = builder.allocate(byteCount: Int(map.channels) * 4)
    let shift = builder.allocate(byteCount: Int(map.channels) * 4)
    let place = builder.allocate(byteCount: map.byteCount)
    operands += [
      Operand(ONEDNN_SCALE_GRADIENT, scale), Operand(ONEDNN_SHIFT_GRADIENT, shift),
      Operand(ONEDNN_SOURCE_GRADIENT, place),
    ]
    builder.append(
      PlanStep(
        layer: step.layer, work: .primitive(primitive), operands: operands, kept: [parameters],
        needsAllThreads: true))
    builder.append(
      PlanStep(
        layer: step.layer,
        work: .loop("add gradients") { places in
          parameters.add(gammaGradient: places[0], betaGradient: places[1])
        },
        operands: [
          Operand(ONEDNN_SCALE_GRADIENT, scale), Operand(ONEDNN_SHIFT_GRADIENT, shift),
        ]))
    if flow.needsGradient(input) { contribute(place, to: input) }
  }

  // MARK: Products

  private mutating func appendProduct(
    _ step: FusedGraph.Step, gradient: Location
  ) throws(EngineError) {
    let input = step.inputs[0]
    let product = step.product(from: map(input), to: map(step.output))
    if flow.trains(step) {
      try appendKernelGradient(
        step, product, source: forward.location(of: input), gradient: gradient)
    }
    if flow.needsGradient(input) { try appendDataGradient(step, product, gradient: gradient) }
  }

  private mutating func appendKernelGradient(
    _ step: FusedGraph.Step, _ product: FusedGraph.Product, source: Location, gradient: Location
  ) throws(EngineError) {
    let outputs = Int(product.destination.channels)
    let sink = try ProductGradient(
      product.weights, outputs: outputs, in: flow.parameters, prepared: weights)
    let sources = [Operand(ONEDNN_SOURCE, source), Operand(ONEDNN_DESTINATION_GRADIENT, gradient)]
    let bias = builder.allocate(byteCount: outputs * 4)
    if product.suitsOwnKernelGradient {
      let (from, to, window) = (product.source, product.destination, onednn_window(product.window))
      let kernel = builder.allocate(byteCount: product.weights.kernel.count * 4)
      let workspace = builder.allocate(
        byteCount: onednn_kernel_gradient_workspace_size(from, to, window))
      let results = [
        Operand(ONEDNN_KERNEL_GRADIENT, kernel), Operand(ONEDNN_BIAS_GRADIENT, bias),
      ]
      builder.append(
        PlanStep(
          layer: step.layer,
          work: .loop("kernel gradient") { places in
            onednn_kernel_gradient_run(
              from, to, window, places[0], places[1],
              places[2].assumingMemoryBound(to: Float.self),
              places[3].assumingMemoryBound(to: Float.self), places[4])
          }, operands: sources + results + [Operand(ONEDNN_WORKSPACE, workspace)]))
      append(sink, step, results, from: nil)
      return
    }
    let primitive = try ComputeThread.shared.withAllThreads { () throws(EngineError) in
      try Primitive(layer: step.layer) {
        onednn_convolution_kernel_gradient_create(
          product.source, product.destination, onednn_window(product.window),
          Int64(product.groups), nil, $0)
      }
    }
    let kernel = builder.allocate(byteCount: primitive.size(of: ONEDNN_KERNEL_GRADIENT))
    let results = [
      Operand(ONEDNN_KERNEL_GRADIENT, kernel), Operand(ONEDNN_BIAS_GRADIENT, bias),
    ]
    builder.append(
      PlanStep(
        layer: step.layer, work: .primitive(primitive), operands: sources + results,
        needsAllThreads: true))
    append(sink, step, results, from: primitive)
  }

  private mutating func append(
    _ sink: ProductGradient, _ step: FusedGraph.Step, _ results: [Operand],
    from primitive: Primitive?
  ) {
    builder.append(
      PlanStep(
        layer: step.layer,
        work: .loop("add gradients") { places in
          sink.add(packed: places[0], biasGradient: places[1], from: primitive)
        }, operands: results))
  }

  private mutating func appendDataGradient(
    _ step: FusedGraph.Step, _ product: FusedGraph.Product, gradient: Location
  ) throws(EngineError) {
    let preferred = product.choice(forward.precision).preferredDataGradient
    let primitive = try Primitive(layer: step.layer) {
      onednn_convolution_data_gradient_create(
        product.source, product.destination, onednn_window(product.window), Int64(product.groups),
        preferred, $0)
    }
    let kernel = try weights.kernel(product.weights, for: primitive)
    primitive.bind(ONEDNN_KERNEL, to: kernel.bytes)
    let place = builder.allocate(byteCount: product.source.byteCount)
    builder.append(
      PlanStep(
        layer: step.layer, work: .primitive(primitive),
        operands: [
          Operand(ONEDNN_DESTINATION_GRADIENT, gradient), Operand(ONEDNN_SOURCE_GRADIENT, place),
        ], kept: [kernel]))
    contribute(place, to: step.inputs[0])
  }

  /// A value's gradient, in the type that products are computed in.
  private func map(_ value: Value) -> onednn_map {
    onednn_map(shape: graph[value].shape, type: forward.precision.type)
  }
}

extension FusedGraph.Product {
  /// Whether our own code for the kernel's gradient does this, and is the faster one or the only one.
  fileprivate var suitsOwnKernelGradient: Bool {
    guard source.type == ONEDNN_BFLOAT16 && groups == 1 else { return false }
    // With AMX oneDNN multiplies tiles, which is faster than vectors. But oneDNN 2.6 never returns
    // from compiling that for a window of several cells on a map of about 800 columns or more.
    if onednn_has_amx() {
      return onednn_library_version().major < 3 && window.size.width > 1 && window.stride == 1
        && source.width > 700
    }
    // With few channels most of a vector would be empty.
    return source.channels >= 16 && destination.channels >= 32
  }
}
