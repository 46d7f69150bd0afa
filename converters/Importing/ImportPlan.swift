internal import Layers

/// Which tensor of a file goes to which parameter of a network, decided by names alone.
struct ImportPlan {
  /// The needed parameters that are in the file under the right shape, in the order asked for.
  private(set) var pairs: [(specification: ParameterSpecification, tensor: StoredTensor)] = []
  private(set) var report = ImportReport()

  init(
    tensors: [StoredTensor], needed: [ParameterSpecification], known: [ParameterSpecification]
  ) {
    let neededNames = Set(needed.map(\.name))
    let others = known.map(\.name).filter { !neededNames.contains($0) }
    let names = neededNames.union(others)
    let found = Self.match(tensors, with: names)
    for specification in needed {
      let name = specification.name
      guard let tensor = found.byName[name] else {
        report.missing.append(name)
        continue
      }
      guard tensor.shape == specification.shape else {
        report.wrongShape.append(
          .init(parameter: name, expected: specification.shape, found: tensor.shape))
        continue
      }
      pairs.append((specification, tensor))
      if tensor.name == name && tensor.rule == nil {
        report.matched.append(name)
      } else {
        let rule = tensor.rule ?? "in the group \(tensor.layer)"
        report.renamed.append(.init(source: tensor.path, parameter: name, rule: rule))
      }
    }
    report.notNeeded = others
    report.unused = found.unused.map(\.name)
  }

  /// Pairs tensors with names: those that have a name just so first, then those that have it as the
  /// inner part of a longer one.
  private static func match(
    _ tensors: [StoredTensor], with names: Set<String>
  ) -> (byName: [String: StoredTensor], unused: [StoredTensor]) {
    var byName: [String: StoredTensor] = [:]
    var rest: [StoredTensor] = []
    for tensor in tensors {
      if names.contains(tensor.name), byName[tensor.name] == nil {
        byName[tensor.name] = tensor
      } else {
        rest.append(tensor)
      }
    }
    rest.removeAll { tensor in
      let free = tensor.candidates.first { names.contains($0) && byName[$0] == nil }
      if let free { byName[free] = tensor }
      return free != nil
    }
    return (byName, rest)
  }
}
