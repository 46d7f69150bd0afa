internal import Files
public import Layers

/// A file that cannot be taken as the weights of a network.
///
/// What the system does not let be read is a `FileError`.
public enum ImportError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file is something else than weights.
  case notWeights(file: String, found: String)
  /// The file is in none of the forms that are read.
  case unknownForm(file: String, expected: String, found: String, advice: String)
  /// The file holds weights in a form that is not read.
  case unreadableForm(file: String, form: String, advice: String)
  /// The file contradicts itself.
  case damaged(file: String, object: String, reason: String)
  /// A file that another one names is not beside it.
  case missingPart(file: String, part: String)
  /// A needed tensor is of a type that a network here does not run on.
  case unsupportedType(file: String, tensor: String, found: String)
  /// A pattern of ``ImportAllowance`` fits no name.
  case idlePattern(file: String, pattern: String, kind: String, nearest: [String])
  /// Names, shapes or values are not as the network needs them; the report says which.
  case incomplete(file: String, report: ImportReport)

  public var description: String { text.printable }

  private var text: String {
    switch self {
    case .notWeights(let file, let found):
      "\(file): is not a file of weights, found \(found); pass what Keras, PyTorch or TensorFlow "
        + "wrote"
    case .unknownForm(let file, let expected, let found, let advice):
      "\(file): is in no form that is read, expected \(expected), found \(found); \(advice)"
    case .unreadableForm(let file, let form, let advice):
      "\(file): is \(form), which is not read; \(advice)"
    case .damaged(let file, let object, let reason):
      "\(file):\(object): \(reason); the file is damaged, copy or download it again"
    case .missingPart(let file, let part):
      "\(file): expected \(part) beside it, found no such file; copy all the parts"
    case .unsupportedType(let file, let tensor, let found):
      "\(file):\(tensor): expected float16, bfloat16, float32 or float64, found \(found); "
        + "save the model unquantised"
    case .idlePattern(let file, let pattern, let kind, let nearest):
      "\(file): the pattern '\(pattern)' fits no \(kind)"
        + (nearest.isEmpty ? "" : "; did you mean \(nearest.joined(separator: " or "))?")
    case .incomplete(let file, let report): "\(file): \(report.failure)"
    }
  }
}

extension ImportReport {
  /// What keeps the import from being whole, in one line.
  fileprivate var failure: String {
    var parts: [String] = []
    parts += counted(missing, "parameter", "missing")
    parts += counted(unused, "tensor", "unused")
    parts += counted(
      wrongShape.map { "\($0.parameter) expected \($0.expected), found \($0.found)" }, "tensor",
      "of the wrong shape")
    parts += counted(notFinite, "tensor", "with infinity or not-a-number")
    if let name = missing.first, let near = unused.nearest(to: name, count: 1).first {
      parts.append("for \(name) did you mean \(near)?")
    }
    return parts.joined(separator: "; ") + "; \(advice)"
  }

  private var advice: String {
    if let guess { return "this looks like \(guess)" }
    if !missing.isEmpty && matched.isEmpty && renamed.isEmpty {
      return "is this the checkpoint of another backbone?"
    }
    if !wrongShape.isEmpty { return "choose the backbone, width and classes that it was made for" }
    if !notFinite.isEmpty { return "train or export the network again" }
    return "choose the backbone it was made for, or allow these by name"
  }

  /// `3 parameters missing (a, b, c)`, at most four of them by name; nothing if there are none.
  private func counted(_ names: [String], _ noun: String, _ fault: String) -> [String] {
    if names.isEmpty { return [] }
    let shown = names.prefix(4).joined(separator: ", ") + (names.count > 4 ? ", …" : "")
    return ["\(names.count) \(noun)\(names.count == 1 ? "" : "s") \(fault) (\(shown))"]
  }
}
