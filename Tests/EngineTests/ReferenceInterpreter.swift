import Layers
import Tensors

/// Computes a graph with the plainest loops there are, in double precision.
struct ReferenceInterpreter {
  let graph: Graph
  let parameters: Parameters

  /// The output of every node, each `[N, H, W, C]` or `[N, C]` in row-major order.
  func outputs(for input: Tensor) -> [[Double]] {
    var values: [[Double]] = []
    for node in graph.nodes {
      if case .input = node.operation {
        values.append(input.floats.map(Double.init))
        continue
      }
      let inputs = node.inputs.map { (values[$0.index], graph[$0].shape) }
      values.append(output(of: node, inputs: inputs))
    }
    return values
  }

  private typealias Map = (values: [Double], shape: [Int])

  private func parameter(_ node: Graph.Node, _ variable: String) -> [Double]? {
    parameters["\(node.layer)/\(variable)"]?.floats.map(Double.init)
  }

  private func output(of node: Graph.Node, inputs: [Map]) -> [Double] {
    let (values, shape) = inputs[0]
    let channels = shape[shape.count - 1]
    switch node.operation {
    case .input, .flatten, .dropout: return values
    case .convolution(let window, let filters, let groups, _):
      return convolve(
        inputs[0], node, window, groups: groups, perGroup: filters / groups)
    case .depthwiseConvolution(let window, let multiplier, _):
      return convolve(inputs[0], node, window, groups: channels, perGroup: multiplier)
    case .dense(let units, _):
      let kernel = parameter(node, "kernel") ?? []
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
      let mean = parameter(node, "moving_mean") ?? []
      let variance = parameter(node, "moving_variance") ?? []
      return values.indices.map { index in
        let channel = index % channels
        return gamma[channel] * (values[index] - mean[channel])
          / (variance[channel] + Double(epsilon)).squareRoot() + beta[channel]
      }
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

  private func convolve(
    _ input: Map, _ node: Graph.Node, _ window: Window, groups: Int, perGroup: Int
  ) -> [Double] {
    let (values, shape) = input
    let inputsPerGroup = shape[3] / groups
    let outputs = groups * perGroup
    let kernel = parameter(node, "kernel") ?? []
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
          let sourceRow = y * window.stride - window.margins.top + row
          let sourceColumn = x * window.stride - window.margins.left + column
          guard 0..<source[1] ~= sourceRow, 0..<source[2] ~= sourceColumn else { continue }
          seen.append(
            values[((n * source[1] + sourceRow) * source[2] + sourceColumn) * source[3] + c])
        }
      }
      return kind == .max ? seen.max() ?? 0 : seen.reduce(0, +) / Double(seen.count)
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
