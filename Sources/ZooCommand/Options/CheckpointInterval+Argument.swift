public import ArgumentParser
public import Training

extension CheckpointInterval: ExpressibleByArgument {
  /// Takes `500`, which are steps, or `300s`.
  public init?(argument: String) {
    let isTime = argument.hasSuffix("s")
    guard let count = Int(isTime ? String(argument.dropLast()) : argument), count > 0 else {
      return nil
    }
    self = isTime ? .seconds(count) : .steps(count)
  }

  public var defaultValueDescription: String {
    switch self {
    case .steps(let count): "\(count)"
    case .seconds(let count): "\(count)s"
    }
  }
}
