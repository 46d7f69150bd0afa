import Layers
import Tensors

/// Numbers that are the same in every run: splitmix64.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }
}

extension Tensor {
  /// Numbers from -1 to 1.
  static func random(_ shape: [Int], using generator: inout SeededGenerator) -> Tensor {
    let values = (0..<shape.reduce(1, *)).map { _ in Float.random(in: -1...1, using: &generator) }
    return Tensor(shape: shape, values: values)
  }
}

extension Graph {
  /// Values for every parameter, of a size that keeps activations of order one.
  func randomParameters(using generator: inout SeededGenerator) -> Parameters {
    parameters.reduce(into: Parameters()) { parameters, specification in
      let fanIn = specification.shape.dropLast().reduce(1, *)
      // An image's statistics say how many numbers they are of; nothing reads that.
      if specification.shape.isEmpty {
        parameters[specification.name] = Tensor(shape: [], values: [1])
        return
      }
      let values = (0..<specification.count).map { _ in
        let value = Float.random(in: -1...1, using: &generator)
        return switch specification.variable {
        case "kernel", "depthwise_kernel", "pointwise_kernel":
          value * (3 / Float(max(fanIn, 1))).squareRoot()
        case "gamma", "moving_variance", "variance": value * 0.4 + 1
        default: value * 0.5
        }
      }
      parameters[specification.name] = Tensor(shape: specification.shape, values: values)
    }
  }
}

/// A network of layers drawn at random, which fit one another.
struct RandomNetwork {
  private(set) var layers: [any Layer] = []
  private(set) var names: [String] = []
  private var generator: SeededGenerator
  private var channels: Int
  private var side: Int

  init(seed: UInt64, channels: Int, side: Int, length: Int) {
    generator = SeededGenerator(seed: seed)
    (self.channels, self.side) = (channels, side)
    for _ in 0..<length { layers += next() }
  }

  private mutating func name(_ kind: String) -> String {
    names.append("\(kind)_\(names.count)")
    return names[names.count - 1]
  }

  private mutating func next() -> [any Layer] {
    switch Int.random(in: 0..<26, using: &generator) {
    case 0: return [convolution(stride: 1)]
    case 1: return [convolution(stride: 1), BatchNorm(name("bn")), ReLU(name("relu"))]
    case 2: return [convolution(stride: shrinks() ? 2 : 1), ReLU(name("relu"), limit: .six)]
    case 3: return [depthwise(), BatchNorm(name("bn"), scale: false)]
    case 4: return [BatchNorm(name("bn"), center: false), ReLU(name("relu"))]
    case 5: return [ReLU(name("relu"), limit: .six)]
    case 6:
      return [ActivationLayer(name("sigmoid"), .sigmoid), Dropout(name("dropout"), rate: 0.5)]
    case 7: return pooling()
    case 8: return padding()
    case 9: return [residual(projects: false)]
    case 10: return [residual(projects: true), ReLU(name("relu"))]
    case 11: return [branches()]
    case 12: return [ActivationLayer(name("softmax"), .softmax)]
    case 13: return [convolution(stride: 1), ActivationLayer(name("swish"), .swish)]
    case 14: return [ActivationLayer(name("swish"), .swish)]
    case 15: return arithmetic()
    case 16: return [residual(projects: false, scale: 0.3), ReLU(name("relu"))]
    case 17: return [gate(), ReLU(name("relu"), limit: .six)]
    case 18:
      let gate = gate()
      return [Residual(name("add")) { gate }, ReLU(name("relu"))]
    case 19: return [separable(), BatchNorm(name("bn"))]
    case 20:
      return [
        LocalResponseNorm(
          name("lrn"), radius: Int.random(in: 1...3, using: &generator), bias: 1.5, alpha: 0.2,
          beta: Bool.random(using: &generator) ? 0.75 : 0.6)
      ]
    case 21: return [convolution(stride: 1), ActivationLayer(name("hard_swish"), .hardSwish)]
    case 22:
      return [depthwise(), BatchNorm(name("bn")), ActivationLayer(name("hard_swish"), .hardSwish)]
    case 23: return [widened(), ActivationLayer(name("hard_swish"), .hardSwish)]
    case 24: return [widened(), ActivationLayer(name("hard_sigmoid"), .hardSigmoid)]
    default: return [residual(projects: Bool.random(using: &generator)), BatchNorm(name("bn"))]
    }
  }

  private mutating func shrinks() -> Bool {
    guard side >= 6, Bool.random(using: &generator) else { return false }
    side = (side + 1) / 2
    return true
  }

  private mutating func convolution(stride: Int, filters: Int? = nil) -> any Layer {
    let groups = channels % 4 == 0 && Int.random(in: 0..<4, using: &generator) == 0 ? 2 : 1
    let size = [1, 3, 5][Int.random(in: 0..<3, using: &generator)]
    let layer = Conv2D(
      name("conv"), Extent(size, filters == nil ? size : 1),
      filters ?? [4, 6, 16, 20][Int.random(in: 0..<4, using: &generator)], stride: stride,
      dilation: stride == 1 && side > 8 ? Int.random(in: 1...2, using: &generator) : 1,
      groups: groups, bias: Bool.random(using: &generator))
    if filters == nil { channels = lastFilters(layer) }
    return layer
  }

  private func lastFilters(_ layer: any Layer) -> Int {
    guard var graph = try? Graph(input: [1, side + 8, side + 8, channels]),
      let value = try? layer.append(to: &graph, input: graph.input)
    else { return channels }
    return graph[value].shape[3]
  }

  private mutating func depthwise() -> any Layer {
    let multiplier = channels <= 16 ? Int.random(in: 1...2, using: &generator) : 1
    let layer = DepthwiseConv2D(
      name("depthwise"), 3, multiplier: multiplier, bias: Bool.random(using: &generator))
    channels *= multiplier
    return layer
  }

  private mutating func separable() -> any Layer {
    let filters = [4, 6, 16][Int.random(in: 0..<3, using: &generator)]
    defer { channels = filters }
    return SeparableConv2D(
      name("separable"), 3, filters, dilation: Int.random(in: 1...2, using: &generator),
      bias: Bool.random(using: &generator))
  }

  /// Numbers for each channel or for all, one after another or after a convolution.
  private mutating func arithmetic() -> [any Layer] {
    let count = Bool.random(using: &generator) ? 1 : channels
    let factors = (0..<count).map { _ in Float.random(in: 0.5...1.5, using: &generator) }
    let offsets = factors.map { _ in Float.random(in: -0.5...0.5, using: &generator) }
    let rescaling = Rescaling(name("rescaling"), factors: factors, offsets: offsets)
    switch Int.random(in: 0..<3, using: &generator) {
    case 0: return [rescaling, Normalization(name("normalization"))]
    case 1:
      let first = convolution(stride: 1)
      return [first, Rescaling(name("rescaling"), factors: [0.5], offsets: [0])]
    default: return [Normalization(name("normalization")), rescaling, ReLU(name("relu"))]
    }
  }

  /// Most numbers are between -1 and 1, where hard activations have no corner.
  private mutating func widened() -> any Layer {
    let factors = (0..<channels).map { _ in Float.random(in: 1...4, using: &generator) }
    return Rescaling(name("rescaling"), factors: factors, offsets: factors.map { _ in 0 })
  }

  /// A squeeze-and-excitation block, or a product with a map of its own shape.
  private mutating func gate() -> any Layer {
    let name = name("gate")
    guard Bool.random(using: &generator) else {
      let same = convolution(stride: 1, filters: channels)
      return Gate(name) {
        same
        ActivationLayer(self.name("sigmoid"), .sigmoid)
      }
    }
    let flat = Bool.random(using: &generator)
    let last = Bool.random(using: &generator) ? Activation.sigmoid : .hardSigmoid
    return Gate(name) {
      GlobalAveragePool(self.name("squeeze"), keepsRank: !flat)
      if flat { OneCell(self.name("cell")) }
      Conv2D(self.name("excite"), 1, 3, activation: flat ? .relu : .swish)
      Conv2D(self.name("excite"), 1, channels, activation: last)
    }
  }

  private mutating func pooling() -> [any Layer] {
    let stride = shrinks() ? 2 : 1
    if stride == 1 && Bool.random(using: &generator) {
      let kind = Bool.random(using: &generator) ? Pooling.max : .average
      let margins = Margins(top: 2, left: 2, bottom: 2, right: 2)
      return [
        CustomLayer(name("pool"), .pool(kind, Window(size: 3, dilation: 2, margins: margins)))
      ]
    }
    return Bool.random(using: &generator)
      ? [MaxPool(name("pool"), 3, stride: stride, padding: .same)]
      : [AveragePool(name("pool"), 3, stride: stride, padding: .same)]
  }

  /// Zeros that a convolution or a pooling can take upon itself, or that must be written.
  private mutating func padding() -> [any Layer] {
    let pad = ZeroPad(name("pad"), before: Int.random(in: 0...1, using: &generator), after: 1)
    side += 1
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: return [pad]
    case 1: return [ReLU(name("relu")), pad, MaxPool(name("pool"), 2, stride: 1)]
    case 2: return [pad, MaxPool(name("pool"), 2, stride: 1)]
    default:
      return [pad, DepthwiseConv2D(name("depthwise"), 2, padding: .valid), BatchNorm(name("bn"))]
    }
  }

  private mutating func residual(projects: Bool, scale: Float = 1) -> any Layer {
    let first = DepthwiseConv2D(name("depthwise"), 3)
    let second = convolution(stride: 1, filters: channels)
    let normalization = BatchNorm(name("bn"))
    let shortcut: [any Layer] =
      projects ? [convolution(stride: 1, filters: channels), BatchNorm(name("bn"))] : []
    let reverse = Bool.random(using: &generator)
    return Residual(name("add"), scale: scale) {
      reverse ? [second, first] : [first, second, normalization]
    } shortcut: {
      shortcut
    }
  }

  private mutating func branches() -> any Layer {
    let first = [convolution(stride: 1, filters: 4), ReLU(name("relu"))]
    let second = [MaxPool(name("pool"), 3, stride: 1, padding: .same)]
    let layer = Concatenate(name("concat"), branches: [first, second])
    channels += 4
    return layer
  }
}
