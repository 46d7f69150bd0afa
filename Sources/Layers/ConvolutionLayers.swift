/// A convolution, Keras's `Conv2D`.
public struct Conv2D: Layer {
  let name: String
  let size: Extent
  let filters: Int
  let stride: Int
  let padding: Padding
  let dilation: Int
  let groups: Int
  let bias: Bool
  let activation: Activation?

  /// Makes a convolution of `filters` kernels of `size` cells.
  public init(
    _ name: String, _ size: Extent, _ filters: Int, stride: Int = 1, padding: Padding = .same,
    dilation: Int = 1, groups: Int = 1, bias: Bool = true, activation: Activation? = nil
  ) {
    (self.name, self.size, self.filters, self.stride) = (name, size, filters, stride)
    (self.padding, self.dilation, self.groups) = (padding, dilation, groups)
    (self.bias, self.activation) = (bias, activation)
  }

  public func append(to graph: inout Graph, input: Graph.Value) throws(GraphError) -> Graph.Value {
    let margins = graph.margins(
      of: padding, around: input, size: size, stride: stride, dilation: dilation)
    let window = Window(size: size, stride: stride, dilation: dilation, margins: margins)
    let output = try graph.append(
      .convolution(window, filters: filters, groups: groups, bias: bias), layer: name,
      inputs: [input])
    return try graph.append(activation, layer: name, input: output)
  }
}

/// A convolution of each channel by itself, Keras's `DepthwiseConv2D`.
public struct DepthwiseConv2D: Layer {
  let name: String
  let size: Extent
  let multiplier: Int
  let stride: Int
  let padding: Padding
  let dilation: Int
  let bias: Bool

  /// Makes a convolution that gives `multiplier` channels for each channel it reads.
  public init(
    _ name: String, _ size: Extent, multiplier: Int = 1, stride: Int = 1,
    padding: Padding = .same, dilation: Int = 1, bias: Bool = true
  ) {
    (self.name, self.size, self.multiplier, self.stride) = (name, size, multiplier, stride)
    (self.padding, self.dilation, self.bias) = (padding, dilation, bias)
  }

  public func append(to graph: inout Graph, input: Graph.Value) throws(GraphError) -> Graph.Value {
    let margins = graph.margins(
      of: padding, around: input, size: size, stride: stride, dilation: dilation)
    let window = Window(size: size, stride: stride, dilation: dilation, margins: margins)
    return try graph.append(
      .depthwiseConvolution(window, multiplier: multiplier, bias: bias), layer: name,
      inputs: [input])
  }
}

/// A convolution of each channel by itself, then one across the channels, Keras's `SeparableConv2D`.
public struct SeparableConv2D: Layer {
  let name: String
  let size: Extent
  let filters: Int
  let multiplier: Int
  let stride: Int
  let padding: Padding
  let dilation: Int
  let bias: Bool

  /// Makes a convolution of `multiplier` kernels of `size` cells for each channel, then `filters` of
  /// one cell.
  public init(
    _ name: String, _ size: Extent, _ filters: Int, multiplier: Int = 1, stride: Int = 1,
    padding: Padding = .same, dilation: Int = 1, bias: Bool = true
  ) {
    (self.name, self.size, self.filters, self.multiplier) = (name, size, filters, multiplier)
    (self.stride, self.padding, self.dilation, self.bias) = (stride, padding, dilation, bias)
  }

  public func append(to graph: inout Graph, input: Graph.Value) throws(GraphError) -> Graph.Value {
    let margins = graph.margins(
      of: padding, around: input, size: size, stride: stride, dilation: dilation)
    let window = Window(size: size, stride: stride, dilation: dilation, margins: margins)
    let filtered = try graph.append(
      .depthwiseConvolution(window, multiplier: multiplier, bias: false), layer: name,
      inputs: [input], kernel: "depthwise_kernel")
    return try graph.append(
      .convolution(Window(size: 1), filters: filters, bias: bias), layer: name,
      inputs: [filtered], kernel: "pointwise_kernel")
  }
}

/// A product with a matrix, Keras's `Dense`.
public struct Dense: Layer {
  let name: String
  let units: Int
  let bias: Bool
  let activation: Activation?

  public init(_ name: String, _ units: Int, bias: Bool = true, activation: Activation? = nil) {
    (self.name, self.units, self.bias, self.activation) = (name, units, bias, activation)
  }

  public func append(to graph: inout Graph, input: Graph.Value) throws(GraphError) -> Graph.Value {
    let output = try graph.append(
      .dense(units: units, bias: bias), layer: name, inputs: [input])
    return try graph.append(activation, layer: name, input: output)
  }
}

extension Graph {
  /// Appends the activation that a layer ends with, if it has one.
  fileprivate mutating func append(
    _ activation: Activation?, layer: String, input: Value
  ) throws(GraphError) -> Value {
    guard let activation else { return input }
    return try append(.activation(activation), layer: layer, inputs: [input])
  }
}
