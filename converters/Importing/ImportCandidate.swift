public import Layers

/// A network that a file may have been made for instead of the one asked for.
public struct ImportCandidate {
  /// The network's name, for example `resnet101_v1`.
  public let name: String
  /// Makes the network's parameters; called only for a file that does not fit.
  let parameters: () throws -> [ParameterSpecification]

  public init(_ name: String, parameters: @escaping () throws -> [ParameterSpecification]) {
    (self.name, self.parameters) = (name, parameters)
  }
}

extension Sequence<ImportCandidate> {
  /// The candidate that a file's tensors look most like, if one looks like them at all.
  ///
  /// Shapes count, because names may be others; names decide between networks of equal shapes.
  func mostLike(_ tensors: [StoredTensor]) -> String? {
    let shapes = counted(tensors.map(\.shape))
    let names = Set(tensors.map(\.name))
    var best: (name: String, score: Double)?
    for candidate in self {
      guard let parameters = try? candidate.parameters(), !parameters.isEmpty else { continue }
      let wanted = counted(parameters.map(\.shape))
      let common = shapes.reduce(0) { $0 + Swift.min($1.value, wanted[$1.key, default: 0]) }
      let shape = Double(common) / Double(tensors.count + parameters.count - common)
      guard shape >= likeness else { continue }
      let named = parameters.filter { names.contains($0.name) }.count
      let score = shape + 0.1 * Double(named) / Double(parameters.count)
      if score > best?.score ?? 0 { best = (candidate.name, score) }
    }
    return best?.name
  }

  /// The share of tensors that must agree: a file without its classifier still has that.
  private var likeness: Double { 0.85 }

  private func counted(_ shapes: [[Int]]) -> [[Int]: Int] {
    shapes.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }
}
