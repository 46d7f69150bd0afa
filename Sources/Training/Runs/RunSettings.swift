public import Engine
public import Layers

/// Everything that a run depends on but its data and first weights, kept as `config.json`.
public protocol RunSettings: Hashable, Codable, Sendable {
  /// The names of the settings that a resumed run may change.
  static var changeable: Set<String> { get }

  /// The backbone's name in the catalogue.
  var backbone: String { get set }
  /// Which of the networks of that name.
  var configuration: BackboneConfiguration { get set }
  /// The file that the first weights are from; nil for random ones.
  var weights: String? { get set }
  /// Patterns of parameters that the file may lack.
  var allowMissing: [String] { get set }
  /// Patterns of tensors that the file may have besides.
  var allowUnused: [String] { get set }
  /// Where the data are.
  var data: String { get set }

  /// What is frozen, as words of a ``LayerSelection``.
  var freeze: [String] { get set }
  var batchNorm: BatchNormPolicy { get set }

  /// How often each picture is seen.
  var epochs: Int { get set }
  /// Pictures in a step.
  var batch: Int { get set }
  /// The highest learning rate.
  var rate: Double { get set }
  /// Of gradient descent.
  var momentum: Double { get set }
  /// Of kernels only: biases and normalisations are not pulled to zero.
  var weightDecay: Double { get set }
  /// The steps in which the rate rises.
  var warmUp: Int { get set }
  /// The greatest norm of all gradients together; nil for none.
  var clipNorm: Double? { get set }

  var seed: UInt64 { get set }
  var precision: Precision { get set }
  /// Sums of gradients depend on the number of threads, and so does every bit of the result.
  var threads: Int { get set }
}

extension RunSettings {
  /// Every setting's name, as the command line has it, and value; those within others after a dot.
  public var entries: [(name: String, value: String)] { SettingList(self).entries }

  /// Refuses numbers that make no sense whatever is trained.
  ///
  /// - Parameter greatestBatch: The most pictures in a step.
  /// - Throws: ``TrainingError/setting(name:expected:found:)``.
  func checkDescent(greatestBatch: Int) throws(TrainingError) {
    try Self.require(1...1_000_000 ~= epochs, "epochs", "1 to 1000000", epochs)
    try Self.require(1...greatestBatch ~= batch, "batch", "1 to \(greatestBatch)", batch)
    // What the arithmetic in float32 makes of the numbers is what has to make sense.
    try Self.require(Float(rate) > 0 && Float(rate).isFinite, "rate", "a number above 0", rate)
    try Self.require(0..<1 ~= Float(momentum), "momentum", "0 to below 1", momentum)
    try Self.require(
      weightDecay >= 0 && Float(weightDecay).isFinite, "weight-decay", "a number from 0",
      weightDecay)
    try Self.require(warmUp >= 0, "warm-up", "at least 0", warmUp)
    try Self.require(
      clipNorm.map { Float($0) > 0 && Float($0).isFinite } ?? true, "clip-norm",
      "a number above 0", clipNorm ?? 0)
    try Self.require(threads > 0, "threads", "at least 1", threads)
  }

  /// Refuses a setting that makes no sense.
  static func require(
    _ isValid: Bool, _ name: String, _ expected: String, _ found: some Any
  ) throws(TrainingError) {
    guard isValid else { throw .setting(name: name, expected: expected, found: "\(found)") }
  }
}

/// Names and values of settings, by reflection, so that none is forgotten.
private struct SettingList {
  private(set) var entries: [(name: String, value: String)] = []

  init(_ settings: Any) { add(settings, prefix: "") }

  private mutating func add(_ settings: Any, prefix: String) {
    for child in Mirror(reflecting: settings).children {
      let name = prefix + (child.label ?? "").kebabCase
      let mirror = Mirror(reflecting: child.value)
      switch mirror.displayStyle {
      case .struct? where !mirror.children.isEmpty && !(child.value is String):
        add(child.value, prefix: "\(name).")
      case .optional?:
        entries.append((name, mirror.children.first.map { "\($0.value)" } ?? "none"))
      case .collection?:
        let values = mirror.children.map { "\($0.value)" }
        entries.append((name, values.isEmpty ? "none" : values.joined(separator: " ")))
      default: entries.append((name, "\(child.value)"))
      }
    }
  }
}

extension Precision: Codable {}

extension String {
  /// `valFraction` as `val-fraction`.
  var kebabCase: String {
    reduce(into: "") { $0 += $1.isUppercase ? "-" + $1.lowercased() : String($1) }
  }
}
