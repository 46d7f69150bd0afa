internal import HDF5
internal import Layers

/// Which tensor of a file goes to which parameter of a network, decided by names alone.
struct ImportPlan {
  /// The needed parameters that are in the file under the right shape, in the order asked for.
  private(set) var pairs: [(specification: ParameterSpecification, weight: KerasWeight)] = []
  private(set) var report = ImportReport()

  init(
    weights: [KerasWeight], needed: [ParameterSpecification], known: [ParameterSpecification]
  ) {
    let neededNames = Set(needed.map(\.name))
    let others = known.map(\.name).filter { !neededNames.contains($0) }
    let names = neededNames.union(others)
    let found = Self.match(weights, with: names)
    for specification in needed {
      let name = specification.name
      guard let weight = found.byName[name] else {
        report.missing.append(name)
        continue
      }
      guard weight.dataset.shape == specification.shape else {
        report.wrongShape.append(
          .init(parameter: name, expected: specification.shape, found: weight.dataset.shape))
        continue
      }
      pairs.append((specification, weight))
      if weight.name == name && weight.rule == nil {
        report.matched.append(name)
      } else {
        let rule = weight.rule ?? "in the group \(weight.layer)"
        report.renamed.append(.init(source: weight.path, parameter: name, rule: rule))
      }
    }
    report.notNeeded = others
    report.unused = found.unused.map(\.name)
  }

  /// Pairs tensors with names: those that have a name just so first, then those that have it as the
  /// inner part of a longer one.
  private static func match(
    _ weights: [KerasWeight], with names: Set<String>
  ) -> (byName: [String: KerasWeight], unused: [KerasWeight]) {
    var byName: [String: KerasWeight] = [:]
    var rest: [KerasWeight] = []
    for weight in weights {
      if names.contains(weight.name), byName[weight.name] == nil {
        byName[weight.name] = weight
      } else {
        rest.append(weight)
      }
    }
    rest.removeAll { weight in
      let free = weight.candidates.first { names.contains($0) && byName[$0] == nil }
      if let free { byName[free] = weight }
      return free != nil
    }
    return (byName, rest)
  }
}
