import Foundation
import Layers
import Tensors

/// Computes a graph with the plainest loops there are, in double precision.
struct ReferenceInterpreter {
  let graph: Graph
  let parameters: Parameters
  /// The layers that normalise with the mean and the variance of the batch.
  var batchStatistics: Set<String> = []
  /// What each dropout layer multiplies by; layers that are not named hand on what they read.
  var dropoutFactors: [String: [Double]] = [:]

  /// The output of every node, each `[N, H, W, C]` or `[N, C]` in row-major order.
  func outputs(for input: Tensor) -> [[Double]] {
    var values: [[Double]] = []
    for node in graph.nodes {
      if case .input = node.operation {
        values.append(input.doubles)
        continue
      }
      let inputs = node.inputs.map { (values[$0.index], graph[$0].shape) }
      values.append(output(of: node, inputs: inputs))
    }
    return values
  }

  private typealias Map = (values: [Double], shape: [Int])

  private func parameter(_ node: Graph.Node, _ variable: String) -> [Double]? {
    // Another operation of the same layer may have the variable, and this one not.
    node.parameters.first { $0.variable == variable }.flatMap { parameters[$0.name]?.doubles }
  }

  /// The numbers of the node's first parameter, whatever its layer calls it.
  private func kernel(of node: Graph.Node) -> [Double] {
    node.parameters.first.flatMap { parameters[$0.name]?.doubles } ?? []
  }

  private func output(of node: Graph.Node, inputs: [Map]) -> [Double] {
    let (values, shape) = inputs[0]
    let channels = shape[shape.count - 1]
    switch node.operation {
    case .input, .flatten, .oneCell: return values
    case .dropout:
      guard let factors = dropoutFactors[node.layer] else { return values }
      return zip(values, factors).map { $0 * $1 }
    case .convolution(let window, let filters, let groups, _):
      return convolve(
        inputs[0], node, window, groups: groups, perGroup: filters / groups)
    case .depthwiseConvolution(let window, let multiplier, _):
      return convolve(inputs[0], node, window, groups: channels, perGroup: multiplier)
    case .dense(let units, _):
      let kernel = kernel(of: node)
      let bias = parameter(node, "bias") ?? Array(repeating: 0, count: units)
      return (0..<values.count / channels).flatMap { row in
        (0..<units).map { unit in
          (0..<channels).reduce(bias[unit]) {
            $0 + values[row * channels + $1] * kernel[$1 * units + unit]
          }
        }
      }
    case .batchNorm(let epsilon, _, _, _):
      let gamma = parameter(node, "gamma") ?? Array(repeating: 1, count: channels)
      let beta = parameter(node, "beta") ?? Array(repeating: 0, count: channels)
      let (mean, variance) =
        batchStatistics.contains(node.layer)
        ? statistics(of: values, channels: channels)
        : (parameter(node, "moving_mean") ?? [], parameter(node, "moving_variance") ?? [])
      return values.indices.map { index in
        let channel = index % channels
        return gamma[channel] * (values[index] - mean[channel])
          / (variance[channel] + Double(epsilon)).squareRoot() + beta[channel]
      }
    case .normalize:
      let (mean, variance) = (parameter(node, "mean") ?? [], parameter(node, "variance") ?? [])
      return values.indices.map { index in
        let channel = index % channels
        return (values[index] - mean[channel]) / max(variance[channel].squareRoot(), 1e-7)
      }
    case .rescale(let factors, let offsets):
      return values.indices.map { index in
        let channel = index % factors.count
        return values[index] * Double(factors[channel]) + Double(offsets[channel])
      }
    case .localResponseNorm(let response):
      return values.indices.map { index in
        let (first, channel) = (index - index % channels, index % channels)
        let before = max(0, channel - response.radius)
        let neighbours = before...min(channels - 1, channel + response.radius)
        let sum = neighbours.reduce(0) { $0 + values[first + $1] * values[first + $1] }
        return values[index]
          / pow(Double(response.bias) + Double(response.alpha) * sum, Double(response.beta))
      }
    case .multiply:
      let (factors, gate) = inputs[1]
      guard gate != shape else { return zip(values, factors).map { $0 * $1 } }
      return values.indices.map { index in
        let image = index / (shape[1] * shape[2] * channels)
        return values[index] * factors[image * channels + index % channels]
      }
    case .activation(.swish): return values.map { $0 / (1 + exponential(-$0)) }
    case .activation(.hardSigmoid): return values.map { min(max($0 + 3, 0), 6) / 6 }
    case .activation(.hardSwish): return values.map { $0 * min(max($0 + 3, 0), 6) / 6 }
    case .activation(.relu): return values.map { max($0, 0) }
    case .activation(.relu6): return values.map { min(max($0, 0), 6) }
    case .activation(.sigmoid): return values.map { 1 / (1 + exponential(-$0)) }
    case .activation(.softmax):
      return stride(from: 0, to: values.count, by: channels).flatMap { start in
        let row = values[start..<start + channels]
        let powers = row.map { exponential($0 - (row.max() ?? 0)) }
        return powers.map { $0 / powers.reduce(0, +) }
      }
    case .pool(let kind, let window): return pool(inputs[0], node.shape, kind, window)
    case .globalPool(let kind, _):
      return pool(
        inputs[0], [shape[0], 1, 1, channels], kind, Window(size: Extent(shape[1], shape[2])))
    case .zeroPad(let margins):
      return positions(node.shape).map { n, y, x, c in
        let (row, column) = (y - margins.top, x - margins.left)
        guard 0..<shape[1] ~= row, 0..<shape[2] ~= column else { return 0 }
        return values[((n * shape[1] + row) * shape[2] + column) * channels + c]
      }
    case .add:
      return values.indices.map { index in inputs.reduce(0) { $0 + $1.values[index] } }
    case .concatenate:
      return (0..<values.count / channels).flatMap { row in
        inputs.flatMap { input in
          let width = input.shape[input.shape.count - 1]
          return input.values[row * width..<(row + 1) * width]
        }
      }
    }
  }

  /// The mean and the variance of each channel.
  func statistics(of values: [Double], channels: Int) -> (mean: [Double], variance: [Double]) {
    let count = Double(values.count / channels)
    var mean = Array(repeating: 0.0, count: channels)
    for (index, value) in values.enumerated() { mean[index % channels] += value / count }
    var variance = Array(repeating: 0.0, count: channels)
    for (index, value) in values.enumerated() {
      let offset = value - mean[index % channels]
      variance[index % channels] += offset * offset / count
    }
    return (mean, variance)
  }

  private func convolve(
    _ input: Map, _ node: Graph.Node, _ window: Window, groups: Int, perGroup: Int
  ) -> [Double] {
    let (values, shape) = input
    let inputsPerGroup = shape[3] / groups
    let outputs = groups * perGroup
    let kernel = kernel(of: node)
    let bias = parameter(node, "bias") ?? Array(repeating: 0, count: outputs)
    return positions(node.shape).map { n, y, x, output in
      var sum = bias[output]
      for row in 0..<window.size.height {
        for column in 0..<window.size.width {
          let sourceRow = y * window.stride - window.margins.top + row * window.dilation
          let sourceColumn = x * window.stride - window.margins.left + column * window.dilation
          guard 0..<shape[1] ~= sourceRow, 0..<shape[2] ~= sourceColumn else { continue }
          let cell = ((n * shape[1] + sourceRow) * shape[2] + sourceColumn) * shape[3]
          let tap = (row * window.size.width + column) * inputsPerGroup
          for channel in 0..<inputsPerGroup {
            sum +=
              values[cell + output / perGroup * inputsPerGroup + channel]
              * kernel[(tap + channel) * outputs + output]
          }
        }
      }
      return sum
    }
  }

  private func pool(
    _ input: Map, _ shape: [Int], _ kind: Pooling, _ window: Window
  ) -> [Double] {
    let (values, source) = input
    let shape = shape.count == 4 ? shape : [shape[0], 1, 1, shape[1]]
    return positions(shape).map { n, y, x, c in
      var seen: [Double] = []
      for row in 0..<window.size.height {
        for column in 0..<window.size.width {
          let sourceRow = y * window.stride - window.margins.top + row * window.dilation
          let sourceColumn = x * window.stride - window.margins.left + column * window.dilation
          guard 0..<source[1] ~= sourceRow, 0..<source[2] ~= sourceColumn else { continue }
          seen.append(
            values[((n * source[1] + sourceRow) * source[2] + sourceColumn) * source[3] + c])
        }
      }
      return kind == .max ? seen.max() ?? 0 : seen.reduce(0, +) / Double(max(seen.count, 1))
    }
  }

  private func positions(_ shape: [Int]) -> [(Int, Int, Int, Int)] {
    (0..<shape[0]).flatMap { n in
      (0..<shape[1]).flatMap { y in
        (0..<shape[2]).flatMap { x in (0..<shape[3]).map { (n, y, x, $0) } }
      }
    }
  }
}

extension Tensor {
  /// The numbers in row-major order, with all their digits.
  var doubles: [Double] {
    elementType == .float64
      ? withUnsafeBytes { Array($0.bindMemory(to: Double.self)) } : floats.map(Double.init)
  }

  /// Makes a float64 tensor.
  init(shape: [Int], doubles: [Double]) {
    self.init(shape: shape, elementType: .float64) { bytes in
      doubles.withUnsafeBytes { bytes.copyMemory(from: $0) }
    }
  }
}

/// eˣ by its series, after halving x until that converges fast.
private func exponential(_ x: Double) -> Double {
  let halvings = 12
  let small = x / Double(1 << halvings)
  var (sum, term) = (1.0, 1.0)
  for order in 1...20 {
    term *= small / Double(order)
    sum += term
  }
  for _ in 0..<halvings { sum *= sum }
  return sum
}
