internal import COneDNN

/// A network that cannot be compiled or run as asked.
public enum EngineError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A parameter that the network reads was not given.
  case missingParameter(String)
  /// A parameter was given in another shape than the network's.
  case parameterShape(name: String, expected: [Int], found: [Int])
  /// An input, or a gradient, is of another shape or another type than the network's.
  case input(name: String = "network input", expected: String, found: String)
  /// oneDNN refused an operation.
  case operation(layer: String, reason: String)
  /// This machine cannot multiply in the precision asked for.
  case precision(Precision, instructionSet: String)

  public var description: String {
    switch self {
    case .missingParameter(let name):
      "network: parameter \(name) is missing; import it from a checkpoint first"
    case .parameterShape(let name, let expected, let found):
      "network: parameter \(name) has the wrong shape, expected \(expected), found \(found)"
    case .input(let name, let expected, let found):
      "\(name): expected \(expected), found \(found)"
    case .operation(let layer, let reason):
      "layer \(layer): oneDNN refused the operation: \(reason)"
    case .precision(let precision, let instructionSet):
      "precision \(precision.rawValue): this machine has no instructions for it "
        + "(\(instructionSet)); use --precision f32"
    }
  }
}
