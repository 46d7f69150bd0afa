internal import Layers

/// Which layers of a file are which of a network.
///
/// Rules are tried in turn, each on what those before have left: the name; another name that the layer
/// is known by; the place in the architecture, if the file has one; the rank among layers that Keras
/// itself named; the rank among layers of a class.
struct LayerMatching {
  /// Why layers were taken to be the same.
  enum Rule: Equatable {
    case name
    case otherName(String)
    case rank(String)
  }

  /// A layer of the network with the layers of the file that make it: one, or as many as a grouped
  /// convolution has parts.
  struct Pairing {
    let target: Int
    let sources: [Int]
    let rule: Rule
  }

  let sources: [SourceLayer]
  let target: ImportTarget
  private(set) var pairings: [Pairing] = []
  private(set) var warnings: [String] = []
  private var freeSources: [Int]
  private var freeTargets: [Int]
  private let neededLayers: Set<String>

  init(_ tensors: [StoredTensor], architecture: LayerGraph?, target: ImportTarget) {
    self.target = target
    sources = SourceLayer.layers(of: tensors)
    freeSources = Array(sources.indices)
    freeTargets = Array(target.layers.indices)
    neededLayers = Set(target.needed.map(\.layer))
    matchNames()
    matchOtherNames()
    guard let graph = target.graph else { return }
    if let architecture { matchPlaces(architecture, LayerGraph(graph)) }
    for layerClass in classes {
      matchAutomaticNames(of: layerClass)
      matchOrder(of: layerClass)
      matchEqualNames(of: layerClass)
    }
  }

  /// The layers of the file that no layer of the network takes.
  var unusedSources: [Int] { freeSources }

  private mutating func pair(_ target: Int, with sources: [Int], _ rule: Rule) {
    pairings.append(Pairing(target: target, sources: sources, rule: rule))
    freeTargets.removeAll { $0 == target }
    freeSources.removeAll { sources.contains($0) }
  }

  // MARK: Names

  /// Names that Keras made up say nothing by themselves, for they count whatever was made before in
  /// the same session; but a file that has all of them, and no others, has them in the same order.
  private mutating func matchNames() {
    let byName = targetsByName
    for source in freeSources where sources[source].isNamed {
      guard let place = byName[sources[source].name], freeTargets.contains(place),
        target.graph == nil || sources[source].automaticName == nil
      else { continue }
      pair(place, with: [source], .name)
    }
    guard target.graph != nil else { return }
    for layerClass in classes {
      let (some, others) = automatic(layerClass)
      guard Set(some.map { sources[$0].name }) == Set(others.map { target.layers[$0].name }),
        some.count == others.count
      else { continue }
      for source in some {
        if let place = byName[sources[source].name] { pair(place, with: [source], .name) }
      }
    }
  }

  private mutating func matchOtherNames() {
    let byName = targetsByName
    for source in freeSources where sources[source].isNamed {
      let layer = sources[source]
      guard
        let (place, name) = layer.otherNames.lazy.compactMap({ name in
          byName[name].map { ($0, name) }
        }).first(where: { [freeTargets] in freeTargets.contains($0.0) })
      else { continue }
      pair(place, with: [source], .otherName(inGroup(layer, name)))
    }
    var bySpelling: [String: Int] = [:]
    for place in freeTargets { bySpelling[plainSpelling(of: target.layers[place].name)] = place }
    for source in freeSources where sources[source].isNamed {
      let layer = sources[source]
      if target.graph != nil && layer.automaticName != nil { continue }
      var candidates = ([layer.name] + layer.otherNames).flatMap { name in
        aliases(of: name).map { (byName[$0.name], $0.rule) }
      }
      candidates += ([layer.name] + layer.otherNames).map { name in
        (bySpelling[plainSpelling(of: name)], "spelt \(name)")
      }
      for case (let place?, let rule) in candidates where freeTargets.contains(place) {
        pair(place, with: [source], .otherName(rule))
        break
      }
    }
  }

  private func inGroup(_ layer: SourceLayer, _ name: String) -> String {
    layer.tensors.first?.rule ?? "in the group \(layer.name)"
  }

  private var targetsByName: [String: Int] {
    Dictionary(
      target.layers.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  // MARK: Places

  /// Pairs layers that are in the same place of their architectures, and alone there.
  private mutating func matchPlaces(_ architecture: LayerGraph, _ graph: LayerGraph) {
    guard !freeSources.isEmpty, !freeTargets.isEmpty else { return }
    func kind(_ layerClass: String?, _ shapes: [[Int]]) -> Int {
      var hasher = Hasher()
      hasher.combine(layerClass)
      hasher.combine(shapes.map { "\($0)" }.sorted())
      return hasher.finalize()
    }
    var stored: [String: Int] = [:]
    var wanted: [String: Int] = [:]
    for source in sources {
      stored[source.name] = kind(source.layerClass, source.tensors.map(\.shape))
    }
    for layer in target.layers {
      wanted[layer.name] = kind(layer.layerClass, layer.parameters.map(\.shape))
    }
    // What names have paired is the same, and tells its neighbours apart.
    for (number, pairing) in pairings.enumerated() where pairing.sources.count == 1 {
      let name = sources[pairing.sources[0]].name
      var hasher = Hasher()
      hasher.combine("pair")
      hasher.combine(number)
      let pair = hasher.finalize()
      (stored[name], wanted[target.layers[pairing.target].name]) = (pair, pair)
    }
    let some = LayerPlaces(architecture, kinds: stored).unique
    let others = LayerPlaces(graph, kinds: wanted).unique
    let (bySource, byName) = (
      Dictionary(grouping: freeSources) { sources[$0].name }, targetsByName
    )
    for (place, name) in others.sorted(by: { $0.value < $1.value }) {
      guard let source = some[place].flatMap({ bySource[$0] }), source.count == 1,
        let layer = byName[name], freeTargets.contains(layer),
        paired(source, with: [layer]) != nil
      else { continue }
      pair(layer, with: source, .rank("the same place in the architecture that the file carries"))
    }
  }

  // MARK: Ranks

  private var classes: [String] {
    var seen: Set<String> = []
    return target.layers.compactMap(\.layerClass).filter { seen.insert($0).inserted }
  }

  /// The free layers of a class that Keras named, on both sides, in the order of their making.
  private func automatic(_ layerClass: String) -> (sources: [Int], targets: [Int]) {
    func sorted(_ numbered: [(number: Int, place: Int)]) -> [Int] {
      numbered.sorted { ($0.number, $0.place) < ($1.number, $1.place) }.map(\.place)
    }
    let some = freeSources.compactMap { source -> (Int, Int)? in
      guard let name = sources[source].automaticName, name.layerClass == layerClass else {
        return nil
      }
      return (name.number, source)
    }
    let others = freeTargets.compactMap { place -> (Int, Int)? in
      let layer = target.layers[place]
      guard layer.layerClass == layerClass, let name = AutomaticName(layer.name),
        name.layerClass == layerClass
      else { return nil }
      return (name.number, place)
    }
    return (sorted(some), sorted(others))
  }

  private mutating func matchAutomaticNames(of layerClass: String) {
    let (some, others) = automatic(layerClass)
    guard !others.isEmpty, let pairs = paired(some, with: others) else { return }
    // The file's order is a second witness, and should say the same.
    if let byOrder = paired(some.sorted(), with: others.sorted()) {
      let first = Dictionary(uniqueKeysWithValues: pairs.map { ($0.target, $0.sources) })
      let different = byOrder.filter { first[$0.target] != $0.sources }
      if let one = different.first {
        warnings.append(
          "\(different.count) layers \(layerClass), \(target.layers[one.target].name) among them, "
            + "are others by the numbers in their names than by the file's order; the numbers counted"
        )
      }
    }
    for (rank, pairing) in pairs.enumerated() {
      let rule =
        "layer \(rank + 1) of \(pairs.count) that Keras named \(layerClass), as they were made"
      pair(pairing.target, with: pairing.sources, .rank(rule + joined(pairing.sources)))
    }
  }

  /// Pairs what is left of a class in the order of `model.layers`.
  private mutating func matchOrder(of layerClass: String) {
    let some = freeSources.filter { sources[$0].layerClass == layerClass }
    let others = freeTargets.filter { target.layers[$0].layerClass == layerClass }
    let neededOnly = others.filter { neededLayers.contains(target.layers[$0].name) }
    guard !some.isEmpty,
      let pairs = paired(some, with: others) ?? paired(some, with: neededOnly)
    else { return }
    warnOfTwins(pairs.map(\.target), layerClass)
    for (rank, pairing) in pairs.enumerated() {
      let rule =
        "layer \(rank + 1) of \(pairs.count) \(layerClass) left, in the order of model.layers"
      pair(pairing.target, with: pairing.sources, .rank(rule + joined(pairing.sources)))
    }
  }

  /// Layers that Keras named, but not all of them: those of equal name and shape.
  private mutating func matchEqualNames(of layerClass: String) {
    let byName = targetsByName
    for source in automatic(layerClass).sources {
      guard let place = byName[sources[source].name], freeTargets.contains(place),
        paired([source], with: [place]) != nil
      else { continue }
      pair(place, with: [source], .name)
    }
  }

  private func joined(_ sources: [Int]) -> String {
    sources.count > 1 ? "; \(sources.count) parts of its groups beside one another" : ""
  }

  /// Pairs layers one after the other, if all of them fit.
  private func paired(
    _ sources: [Int], with targets: [Int]
  ) -> [(target: Int, sources: [Int])]? {
    var pairs: [(target: Int, sources: [Int])] = []
    var next = 0
    for place in targets {
      let layer = target.layers[place]
      let rest = sources[min(next, sources.count)...]
      guard let first = rest.first else { return nil }
      if fits([self.sources[first]], layer) {
        pairs.append((place, [first]))
        next += 1
      } else if layer.groups > 1, rest.count >= layer.groups,
        fits(rest.prefix(layer.groups).map { self.sources[$0] }, layer)
      {
        pairs.append((place, Array(rest.prefix(layer.groups))))
        next += layer.groups
      } else {
        return nil
      }
    }
    return next == sources.count ? pairs : nil
  }

  /// Whether layers of the file have just the parameters of a layer of the network.
  ///
  /// One that is not needed may have more outputs or fewer: a classifier that is replaced by one of
  /// other classes.
  private func fits(_ sources: [SourceLayer], _ layer: ImportTarget.Layer) -> Bool {
    let isNeeded = neededLayers.contains(layer.name)
    return sources.allSatisfy { source in
      let (byVariable, unused) = source.assignment(to: layer.parameters)
      return unused.isEmpty
        && layer.parameters.allSatisfy { parameter in
          let found = byVariable[parameter.variable]?.shape
          let expected = parameter.shape.part(of: sources.count)
          return found == expected || (!isNeeded && found?.dropLast() == expected?.dropLast())
        }
    }
  }

  // MARK: Twins

  /// Warns of layers of one shape on branches beside one another: that their order in the file is the
  /// network's cannot be seen from the shapes.
  private mutating func warnOfTwins(_ places: [Int], _ layerClass: String) {
    guard let graph = target.graph, places.count > 1 else { return }
    let alike = Dictionary(grouping: places) { target.layers[$0].parameters.map(\.shape) }
    let twins = places.compactMap { place -> (String, String)? in
      let layer = target.layers[place]
      let before = graph.layers(before: layer.name)
      let others = alike[layer.parameters.map(\.shape), default: []].prefix { $0 != place }
      let twin = others.last { !before.contains(target.layers[$0].name) }
      return twin.map { (target.layers[$0].name, layer.name) }
    }
    guard let (first, second) = twins.first else { return }
    warnings.append(
      "\(twins.count) layers \(layerClass) stand beside others of their shape, and only the file's "
        + "order tells them apart: for example \(second) from \(first)")
  }
}

extension [Int] {
  /// The shape of one of several tensors that lie beside one another along the last axis.
  fileprivate func part(of count: Int) -> [Int]? {
    guard count > 1 else { return self }
    guard let last, last % count == 0 else { return nil }
    return dropLast() + [last / count]
  }
}

extension Graph {
  /// The names of all layers that a layer's output is computed from.
  fileprivate func layers(before layer: String) -> Set<String> {
    guard let value = output(of: layer) else { return [] }
    return Set(values(neededFor: [value]).map { self[$0].layer })
  }
}
