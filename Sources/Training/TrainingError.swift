/// What keeps a training run from starting or going on.
public enum TrainingError: Error, Equatable, Sendable {
  /// A selection of layers that cannot be taken; `text` is the part at fault.
  case selection(text: String, reason: String)
  /// A layer that would keep random numbers for ever.
  case frozenUntrained(layer: String)
  /// A setting that makes no sense.
  case setting(name: String, expected: String, found: String)
  /// A resumed run asked for with another setting than it was started with.
  case changedSetting(file: String, name: String, expected: String, found: String)
  /// A folder or a file of a run that is not as it should be.
  case run(path: String, reason: String)
  /// Numbers that have become infinite or not-a-number.
  case diverged(step: Int, quantity: String)
}

extension TrainingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .selection(let text, let reason): "selection of layers '\(text)': \(reason)"
    case .frozenUntrained(let layer):
      "layer \(layer): is frozen but starts from random numbers; train it, or restore it from a file"
    case .setting(let name, let expected, let found):
      "setting \(name): expected \(expected), found \(found)"
    case .changedSetting(let file, let name, let expected, let found):
      "\(file): \(name) differs from the run's, expected \(expected), found \(found); "
        + "leave it out, or start another run"
    case .run(let path, let reason): "\(path): \(reason)"
    case .diverged(let step, let quantity):
      "step \(step): the \(quantity) is no longer a finite number; "
        + "start again with a lower learning rate or clipped gradients"
    }
  }
}
