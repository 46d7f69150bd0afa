public import Layers

/// Which layers of a network read which, where a file carries its architecture.
public struct LayerGraph: Equatable, Sendable {
  /// A layer in its place.
  public struct Layer: Equatable, Sendable {
    public let name: String
    /// The layers that it reads, in its order.
    public let reads: [String]
    /// Whether another order of what it reads would make another network, as of a concatenation.
    public let isOrdered: Bool

    public init(_ name: String, reads: [String], isOrdered: Bool = false) {
      (self.name, self.reads, self.isOrdered) = (name, reads, isOrdered)
    }
  }

  public let layers: [Layer]

  public init(_ layers: [Layer]) { self.layers = layers }

  /// Lists the layers of a graph, those without parameters too.
  public init(_ graph: Graph) {
    var order: [String] = []
    var reads: [String: [String]] = [:]
    var ordered: Set<String> = []
    for node in graph.nodes {
      if reads[node.layer] == nil { order.append(node.layer) }
      reads[node.layer, default: []] += node.inputs.map { graph[$0].layer }.filter {
        $0 != node.layer
      }
      if node.operation == .concatenate { ordered.insert(node.layer) }
    }
    layers = order.map {
      Layer($0, reads: reads[$0, default: []], isOrdered: ordered.contains($0))
    }
  }
}

/// The places of a network's layers, such that layers of two networks are in the same place if all that
/// is around them is the same.
///
/// After Weisfeiler and Leman's refinement of colours: a layer's place is made of its own kind and of
/// the places of its neighbours, again and again until no two layers are told apart any more. Layers
/// without parameters that read one other are passed over: implementations differ in them.
struct LayerPlaces {
  /// A place by the layer's name.
  private(set) var places: [String: Int]

  /// - Parameters:
  ///   - graph: The network.
  ///   - kinds: What is known of each layer with parameters: equal for layers that may be the same.
  init(_ graph: LayerGraph, kinds: [String: Int]) {
    let known = Dictionary(
      graph.layers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let kept = graph.layers.filter { kinds[$0.name] != nil || $0.reads.count > 1 }
    guard kept.count <= Self.limit else {
      places = [:]
      return
    }
    let index = Dictionary(
      kept.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    // The next layer before each that counts, worked out once for all on the way.
    var sources: [String: Int?] = index.mapValues { $0 }
    func source(_ name: String) -> Int? {
      var passed: [String] = []
      var name = name
      while sources[name] == nil {
        // Nothing until it is known: a forged architecture may lead in a circle.
        sources[name] = .some(nil)
        passed.append(name)
        guard let before = known[name]?.reads.first else { break }
        name = before
      }
      let found = sources[name] ?? nil
      for name in passed { sources[name] = found }
      return found
    }
    let reads = kept.map { $0.reads.compactMap(source) }
    var readers = kept.map { _ in [(layer: Int, position: Int)]() }
    for (layer, sources) in reads.enumerated() {
      for (position, source) in sources.enumerated() {
        readers[source].append((layer, kept[layer].isOrdered ? position : 0))
      }
    }
    var colours = kept.map { kinds[$0.name] ?? ($0.isOrdered ? 1 : 0) }
    var count = Set(colours).count
    for _ in kept.prefix(Self.limit) {
      colours = kept.indices.map { layer in
        let before = reads[layer].map { colours[$0] }
        var hasher = Hasher()
        hasher.combine(colours[layer])
        hasher.combine(kept[layer].isOrdered ? before : before.sorted())
        hasher.combine(
          readers[layer].map { hash(colours[$0.layer], $0.position) }.sorted())
        return hasher.finalize()
      }
      let refined = Set(colours).count
      if refined == count { break }
      count = refined
    }
    places = Dictionary(
      zip(kept.map(\.name), colours).map { ($0, $1) }, uniquingKeysWith: { first, _ in first })
  }

  /// More layers than any network has; without it a forged file would take forever.
  private static let limit = 10_000

  /// The names of layers that are alone in their place, by place.
  var unique: [Int: String] {
    var names: [Int: String] = [:]
    var shared: Set<Int> = []
    for (name, place) in places where names.updateValue(name, forKey: place) != nil {
      shared.insert(place)
    }
    return names.filter { !shared.contains($0.key) }
  }
}

private func hash(_ first: Int, _ second: Int) -> Int {
  var hasher = Hasher()
  hasher.combine(first)
  hasher.combine(second)
  return hasher.finalize()
}
