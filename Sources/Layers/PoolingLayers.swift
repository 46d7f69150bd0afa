/// The greatest number under a window, Keras's `MaxPooling2D`.
public struct MaxPool: Layer {
  let pooling: WindowPooling

  public init(_ name: String, _ size: Extent, stride: Int, padding: Padding = .valid) {
    pooling = WindowPooling(
      name: name, kind: .max, size: size, stride: stride, padding: padding)
  }

  public func append(to graph: inout Graph, input: Graph.Value) throws(GraphError) -> Graph.Value {
    try pooling.append(to: &graph, input: input)
  }
}

/// The mean number under a window, Keras's `AveragePooling2D`: padding does not count.
public struct AveragePool: Layer {
  let pooling: WindowPooling

  public init(_ name: String, _ size: Extent, stride: Int, padding: Padding = .valid) {
    pooling = WindowPooling(
      name: name, kind: .average, size: size, stride: stride, padding: padding)
  }

  public func append(to graph: inout Graph, input: Graph.Value) throws(GraphError) -> Graph.Value {
    try pooling.append(to: &graph, input: input)
  }
}

/// What both poolings share.
struct WindowPooling: Layer {
  let name: String
  let kind: Pooling
  let size: Extent
  let stride: Int
  let padding: Padding

  func append(to graph: inout Graph, input: Graph.Value) throws(GraphError) -> Graph.Value {
    let margins = graph.margins(
      of: padding, around: input, size: size, stride: stride, dilation: 1)
    let window = Window(size: size, stride: stride, margins: margins)
    return try graph.append(.pool(kind, window), layer: name, inputs: [input])
  }
}

/// The mean of each channel, Keras's `GlobalAveragePooling2D`.
public struct GlobalAveragePool: SingleOperationLayer {
  let name: String
  let operation: Operation

  /// - Parameters:
  ///   - name: The layer's name.
  ///   - keepsRank: Whether the result is `[N, 1, 1, C]` rather than `[N, C]`.
  public init(_ name: String, keepsRank: Bool = false) {
    self.name = name
    operation = .globalPool(.average, keepsRank: keepsRank)
  }
}

/// The greatest number of each channel, Keras's `GlobalMaxPooling2D`: `[N, C]`.
public struct GlobalMaxPool: SingleOperationLayer {
  let name: String
  let operation = Operation.globalPool(.max, keepsRank: false)

  public init(_ name: String) { self.name = name }
}
