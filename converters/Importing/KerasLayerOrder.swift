public import Layers

/// The order in which Keras lists the layers of a network.
///
/// Files without layer names are loaded by this order, and `load_weights` without `by_name` goes by
/// it too. It is not the order in which the layers run: Keras sorts by depth, the longest way to the
/// output, and layers of one depth as a walk from the output back to the input first meets them.
public struct KerasLayerOrder: Equatable, Sendable {
  /// The names of the layers, the input's first.
  public let layers: [String]

  /// Orders the layers of a graph.
  ///
  /// A layer of several operations, a convolution with its activation, is one layer to Keras. Layers
  /// that the output does not depend on come last.
  public init(_ graph: Graph) {
    var walk = Walk(inputs: Self.inputs(of: graph))
    let names = walk.inputs.map(\.layer)
    if let output = graph.nodes.last?.layer { walk.visit(output) }
    // The walk lists a layer after all that it reads, so backwards all readers come before it.
    var depths: [String: Int] = [:]
    for layer in walk.finished.reversed() {
      let depth = depths[layer, default: 0]
      depths[layer] = depth
      for input in walk.reads[layer, default: []] {
        depths[input] = max(depths[input, default: 0], depth + 1)
      }
    }
    let reached = walk.finished.sorted { first, second in
      let (a, b) = (depths[first, default: 0], depths[second, default: 0])
      return a == b ? walk.met[first, default: 0] < walk.met[second, default: 0] : a > b
    }
    layers = reached + names.filter { walk.met[$0] == nil }
  }

  /// The layers, each with those it reads, in the order of the graph.
  private static func inputs(of graph: Graph) -> [(layer: String, reads: [String])] {
    var order: [String] = []
    var reads: [String: [String]] = [:]
    for node in graph.nodes {
      if reads[node.layer] == nil {
        order.append(node.layer)
        reads[node.layer] = []
      }
      let others = node.inputs.map { graph[$0].layer }.filter { $0 != node.layer }
      reads[node.layer, default: []] += others
    }
    return order.map { ($0, reads[$0, default: []]) }
  }
}

/// A walk from the output to the input, depth first.
private struct Walk {
  let inputs: [(layer: String, reads: [String])]
  let reads: [String: [String]]
  /// When each layer was met, counted from 0.
  private(set) var met: [String: Int] = [:]
  /// The layers, each after all that it reads.
  private(set) var finished: [String] = []

  init(inputs: [(layer: String, reads: [String])]) {
    self.inputs = inputs
    reads = Dictionary(uniqueKeysWithValues: inputs.map { ($0.layer, $0.reads) })
  }

  /// Walks without recursion: networks are hundreds of layers deep, and stacks of threads are small.
  mutating func visit(_ output: String) {
    var path: [(layer: String, next: Int)] = []
    func enter(_ layer: String) {
      met[layer] = met.count
      path.append((layer, 0))
    }
    enter(output)
    while let (layer, next) = path.last {
      let inputs = reads[layer, default: []]
      if next == inputs.count {
        finished.append(layer)
        path.removeLast()
      } else {
        path[path.count - 1].next += 1
        if met[inputs[next]] == nil { enter(inputs[next]) }
      }
    }
  }
}
