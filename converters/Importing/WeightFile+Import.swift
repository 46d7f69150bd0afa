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
  ///   another shape or not finite; the reader's error if a
  ///   tensor cannot be read.
  public func parameters(
    needed: [ParameterSpecification], known: [ParameterSpecification],
    allowing allowance: ImportAllowance = .none
  ) throws -> (parameters: Parameters, report: ImportReport) {
    let plan = ImportPlan(tensors: tensors, needed: needed, known: known)
    try checkPatterns(of: allowance, needed: needed)
    var report = plan.report
    report.form = form
    let tolerated =
      report.missing.allSatisfy { $0.fits(anyOf: allowance.missing) }
      && report.unused.allSatisfy { $0.fits(anyOf: allowance.unused) }
    guard tolerated && report.wrongShape.isEmpty else {
      throw ImportError.incomplete(
        file: path, report: report.failing(allowance))
    }
    var parameters = Parameters()
    for (specification, stored) in plan.pairs {
      guard stored.elementType != nil else {
        throw ImportError.unsupportedType(
          file: path, tensor: stored.path, found: stored.typeName)
      }
      let tensor = stored.layout.apply(to: try read(stored)).converted(to: .float32)
      if !tensor.isFinite { report.notFinite.append(specification.name) }
      parameters[specification.name] = tensor
    }
    guard report.notFinite.isEmpty else {
      throw ImportError.incomplete(file: path, report: report.failing(allowance))
    }
    return (parameters, report)
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
