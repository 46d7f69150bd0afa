public import Layers
public import Tensors

extension WeightFile {
  /// Reads the parameters that are needed, each found by its layer's name.
  ///
  /// - Parameters:
  ///   - needed: What must be in the file, every number finite.
  ///   - known: All that the network has. What is among these only is not read and never fails,
  ///     whether it is in the file or not.
  ///   - allowance: What may be missing, and what of the file may go unused. A pattern that fits no
  ///     name at all is an error.
  /// - Returns: The parameters as float32 in the order of `needed`, without those allowed to be
  ///   missing, and what became of each tensor.
  /// - Throws: ``ImportError/incomplete(file:report:)`` if anything else is missing, unused, of
  ///   another shape or not finite; the reader's error if a tensor cannot be read.
  public func parameters(
    needed: [ParameterSpecification], known: [ParameterSpecification],
    allowing allowance: ImportAllowance = .none
  ) throws -> (parameters: Parameters, report: ImportReport) {
    try parameters(for: ImportTarget(needed: needed, known: known), allowing: allowance)
  }

  /// Reads the parameters that a network needs, whatever the file calls its layers.
  ///
  /// Layers are found by name, by another name they are known by, by their rank among the layers that
  /// Keras itself named, and by their rank among the layers of their class. Every shape is compared,
  /// and the report says by which rule each parameter was found.
  ///
  /// - Parameters:
  ///   - target: The network, and what of it must be in the file, every number finite.
  ///   - allowance: What may be missing, and what of the file may go unused. A pattern that fits no
  ///     name at all is an error.
  ///   - candidates: Other networks, to say which of them a file that does not fit was made for.
  /// - Returns: The parameters as float32 in the order of the target's, without those allowed to be
  ///   missing, and what became of each tensor.
  /// - Throws: ``ImportError/incomplete(file:report:)`` if anything else is missing, unused, of
  ///   another shape or not finite; the reader's error if a tensor cannot be read.
  public func parameters(
    for target: ImportTarget, allowing allowance: ImportAllowance = .none,
    candidates: [ImportCandidate] = []
  ) throws -> (parameters: Parameters, report: ImportReport) {
    let plan = ImportPlan(tensors: tensors, architecture: architecture, target: target)
    try checkPatterns(of: allowance, needed: target.needed)
    var report = plan.report
    report.form = form
    report.warnings = warnings + report.warnings
    // First of all, for nothing else about the file matters then.
    for stored in plan.pairs.lazy.flatMap(\.tensors) where stored.elementType == nil {
      throw ImportError.unsupportedType(file: path, tensor: stored.path, found: stored.typeName)
    }
    let tolerated =
      report.missing.allSatisfy { $0.fits(anyOf: allowance.missing) }
      && report.unused.allSatisfy { $0.fits(anyOf: allowance.unused) }
    guard tolerated && report.wrongShape.isEmpty else {
      report.guess = candidates.mostLike(tensors)
      throw ImportError.incomplete(file: path, report: report.failing(allowance))
    }
    var parameters = Parameters()
    for pair in plan.pairs {
      let tensor = try read(pair)
      if !tensor.isFinite { report.notFinite.append(pair.specification.name) }
      parameters[pair.specification.name] = tensor
    }
    guard report.notFinite.isEmpty else {
      throw ImportError.incomplete(file: path, report: report.failing(allowance))
    }
    return (parameters, report)
  }

  /// Reads what a parameter is made of, as float32 in Keras's order.
  private func read(_ pair: ImportPlan.Pairing) throws -> Tensor {
    let parts = try pair.tensors.map { stored in
      let tensor = stored.layout.apply(to: try read(stored))
      return pair.layout.apply(to: tensor).converted(to: .float32)
    }
    return parts.count == 1 ? parts[0] : Tensor(besideOneAnother: parts)
  }

  /// A pattern that fits nothing is a slip of the pen that would show only much later.
  private func checkPatterns(
    of allowance: ImportAllowance, needed: [ParameterSpecification]
  ) throws(ImportError) {
    func check(
      _ patterns: [String], _ names: [String], _ kind: String
    ) throws(ImportError) {
      for pattern in patterns where !names.contains(where: { $0.fits(pattern: pattern) }) {
        throw .idlePattern(
          file: path, pattern: pattern, kind: kind, nearest: names.nearest(to: pattern, count: 2))
      }
    }
    try check(allowance.missing, needed.map(\.name), "needed parameter")
    try check(allowance.unused, tensors.map(\.name), "tensor of the file")
  }
}

extension ImportReport {
  /// The report without what is allowed to be missing or unused.
  fileprivate func failing(_ allowance: ImportAllowance) -> ImportReport {
    var report = self
    report.missing.removeAll { $0.fits(anyOf: allowance.missing) }
    report.unused.removeAll { $0.fits(anyOf: allowance.unused) }
    return report
  }
}

extension Tensor {
  /// Puts float32 tensors beside one another along the last axis.
  fileprivate init(besideOneAnother parts: [Tensor]) {
    let widths = parts.map { $0.shape.last ?? 1 }
    let width = widths.reduce(0, +)
    self.init(shape: (parts.first?.shape.dropLast() ?? []) + [width]) { bytes in
      let target = bytes.bindMemory(to: Float.self)
      var column = 0
      for (part, columns) in zip(parts, widths) where columns > 0 {
        part.withUnsafeBytes { source in
          let source = source.bindMemory(to: Float.self)
          for row in 0..<(source.count / columns) {
            for offset in 0..<columns {
              target[row * width + column + offset] = source[row * columns + offset]
            }
          }
        }
        column += columns
      }
    }
  }
}
