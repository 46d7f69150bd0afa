internal import Layers

/// Which tensors of a file go to which parameter of a network.
struct ImportPlan {
  /// A needed parameter with the tensors that it is made of.
  struct Pairing {
    let specification: ParameterSpecification
    /// One, or several that lie beside one another along the last axis.
    let tensors: [StoredTensor]
    /// What is done to each, after its own layout.
    let layout: TensorLayout
  }

  /// The needed parameters that are in the file under the right shape, in the order asked for.
  private(set) var pairs: [Pairing] = []
  private(set) var report = ImportReport()

  init(tensors: [StoredTensor], architecture: LayerGraph?, target: ImportTarget) {
    let matching = LayerMatching(tensors, architecture: architecture, target: target)
    var found: [String: (tensors: [StoredTensor], pairing: LayerMatching.Pairing)] = [:]
    var unused = matching.unusedSources.flatMap { matching.sources[$0].tensors }
    for pairing in matching.pairings {
      let layer = target.layers[pairing.target]
      for source in pairing.sources {
        let assignment = matching.sources[source].assignment(to: layer.parameters)
        unused += assignment.unused
        for (variable, tensor) in assignment.byVariable {
          found["\(layer.name)/\(variable)", default: ([], pairing)].tensors.append(tensor)
        }
      }
    }
    for specification in target.needed {
      guard let (tensors, pairing) = found[specification.name], let tensor = tensors.first else {
        report.missing.append(specification.name)
        continue
      }
      let layout = Self.layout(of: tensor, for: target.layers[pairing.target])
      let shape = Self.joined(tensors.map { layout.shape(of: $0.shape) })
      guard shape == specification.shape else {
        report.wrongShape.append(
          .init(parameter: specification.name, expected: specification.shape, found: shape))
        continue
      }
      pairs.append(Pairing(specification: specification, tensors: tensors, layout: layout))
      note(tensors, for: specification, by: pairing.rule, turned: !layout.steps.isEmpty)
    }
    let neededNames = Set(target.needed.map(\.name))
    report.notNeeded = target.layers.flatMap(\.parameters).map(\.name).filter {
      !neededNames.contains($0)
    }
    let order = Dictionary(
      tensors.enumerated().map { ($1.path, $0) }, uniquingKeysWith: { first, _ in first })
    report.unused = unused.sorted { order[$0.path, default: 0] < order[$1.path, default: 0] }
      .map(\.name)
    report.warnings = matching.warnings
  }

  /// Says in the report where a parameter was found.
  private mutating func note(
    _ tensors: [StoredTensor], for specification: ParameterSpecification,
    by rule: LayerMatching.Rule, turned: Bool
  ) {
    let name = specification.name
    guard let tensor = tensors.first else { return }
    let source = tensor.path + (tensors.count > 1 ? " and \(tensors.count - 1) more" : "")
    let rearranged = turned ? "; rows from channels × height × width" : ""
    func renaming(_ rule: String) -> ImportReport.Renaming {
      .init(source: source, parameter: name, rule: rule + rearranged)
    }
    switch rule {
    case .name:
      if let rule = tensor.rule {
        report.renamed.append(renaming(rule))
      } else if turned {
        report.renamed.append(renaming("the same name"))
      } else {
        report.matched.append(name)
      }
    case .otherName(let rule):
      let details = tensor.rule.map { $0 == rule ? "" : "; \($0)" } ?? ""
      report.renamed.append(renaming(rule + details))
    case .rank(let rule): report.ranked.append(renaming(rule))
    }
  }

  /// The rows of a matrix that reads a flattened map go by height, width and channels here.
  private static func layout(
    of tensor: StoredTensor, for layer: ImportTarget.Layer
  ) -> TensorLayout {
    guard tensor.readsChannelsFirst, let map = layer.flattened, map.count == 3,
      map[0] * map[1] > 1, tensor.shape.count == 2, tensor.shape[0] == map.reduce(1, *)
    else { return .keras }
    let columns = tensor.shape[1]
    return TensorLayout([
      .reshape([map[2], map[0], map[1], columns]), .permute([1, 2, 0, 3]),
      .reshape([tensor.shape[0], columns]),
    ])
  }

  /// The shape of tensors beside one another along the last axis.
  private static func joined(_ shapes: [[Int]]) -> [Int] {
    guard shapes.count > 1, let first = shapes.first else { return shapes.first ?? [] }
    return first.dropLast() + [shapes.reduce(0) { $0 + ($1.last ?? 0) }]
  }
}
