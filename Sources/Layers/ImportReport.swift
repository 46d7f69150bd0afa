/// What became of each tensor of a checkpoint and of each parameter of a network.
public struct ImportReport: Equatable, Sendable {
  /// A parameter whose tensor has another name in the file.
  public struct Renaming: Equatable, Sendable {
    public let source: String
    public let parameter: String
    /// Why the two were taken to be the same.
    public let rule: String

    public init(source: String, parameter: String, rule: String) {
      (self.source, self.parameter, self.rule) = (source, parameter, rule)
    }
  }

  /// A tensor whose shape is not its parameter's.
  public struct ShapeDifference: Equatable, Sendable {
    public let parameter: String
    public let expected: [Int]
    public let found: [Int]

    public init(parameter: String, expected: [Int], found: [Int]) {
      (self.parameter, self.expected, self.found) = (parameter, expected, found)
    }
  }

  /// The form of the file, in words.
  public var form = ""
  /// Parameters found under their own name.
  public var matched: [String] = []
  public var renamed: [Renaming] = []
  /// Parameters paired by their order among layers of one kind, where names say nothing.
  public var ranked: [Renaming] = []
  /// Parameters that the network knows and the caller does not need, found or not.
  public var notNeeded: [String] = []
  /// Parameters that are needed and not in the file.
  public var missing: [String] = []
  /// Tensors of the file that no parameter takes.
  public var unused: [String] = []
  public var wrongShape: [ShapeDifference] = []
  /// Parameters with an infinity or not-a-number among their values.
  public var notFinite: [String] = []
  /// What a user should look at, although nothing failed.
  public var warnings: [String] = []
  /// The network that a file which does not fit was probably made for.
  public var guess: String?

  public init() {}
}
