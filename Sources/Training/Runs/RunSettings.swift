public import Engine

/// Everything that a run depends on but its data and first weights, kept as `config.json`.
public protocol RunSettings: Hashable, Codable, Sendable {
  /// The names of the settings that a resumed run may change.
  static var changeable: Set<String> { get }
}

extension RunSettings {
  /// Every setting's name, as the command line has it, and value; those within others after a dot.
  public var entries: [(name: String, value: String)] { SettingList(self).entries }

  /// Refuses settings under which the run would not be the one that was started.
  ///
  /// - Throws: ``TrainingError/changedSetting(file:name:expected:found:)``.
  func check(sameAs settings: Self, file: String) throws(TrainingError) {
    for (old, new) in zip(entries, settings.entries) where old.value != new.value {
      guard !Self.changeable.contains(old.name) else { continue }
      throw .changedSetting(
        file: file, name: old.name, expected: old.value, found: new.value)
    }
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
  fileprivate var kebabCase: String {
    reduce(into: "") { $0 += $1.isUppercase ? "-" + $1.lowercased() : String($1) }
  }
}
