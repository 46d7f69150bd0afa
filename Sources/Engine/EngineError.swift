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
  /// A parameter's gradient is infinite or not a number: training has diverged.
  case nonFiniteGradient(parameter: String)
  /// An optimiser's saved state is not of the parameters or the method that it is restored to.
  case optimizerState(name: String, expected: String, found: String)

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
    case .nonFiniteGradient(let parameter):
      "training: the gradient of parameter \(parameter) is not finite, expected finite numbers, "
        + "found infinity or nan; lower the learning rate or clip the gradients"
    case .optimizerState(let name, let expected, let found):
      "optimizer state \(name): does not fit, expected \(expected), found \(found); "
        + "restore what was saved with the same network and method"
    }
  }
}
