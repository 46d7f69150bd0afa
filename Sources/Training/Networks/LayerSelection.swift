internal import Layers

/// Layers chosen by a few words, as on the command line.
///
/// Each word is one of
///
/// - a stage's name: all its layers (a stage comes before a layer of the same name);
/// - a layer's name;
/// - `/regex/`: the layers in whose names the expression is found;
/// - `i:j`: the layers from number i to before number j, counted from 0 in the order they run; either
///   may be left out.
///
/// Words are added up. One that chooses nothing is an error, as is a selection of everything: both
/// are slips of the pen that would show only after hours.
public struct LayerSelection: Hashable, Sendable {
  /// The words, as they were written.
  public let words: [String]

  private enum Selector {
    case name(String)
    case pattern(Regex<AnyRegexOutput>)
    case range(lower: Int?, upper: Int?)
  }

  /// Takes words without looking at a network.
  ///
  /// - Throws: ``TrainingError/selection(text:reason:)`` if a word is no regular expression.
  public init(_ words: [String]) throws(TrainingError) {
    self.words = words
    for word in words { _ = try Self.selector(word) }
  }

  /// Finds the layers.
  ///
  /// - Parameter outline: What to choose from.
  /// - Returns: The chosen layers' names.
  /// - Throws: ``TrainingError/selection(text:reason:)`` if a word chooses nothing, or all words
  ///   together every layer that has parameters.
  public func layers(of outline: NetworkOutline) throws(TrainingError) -> Set<String> {
    var chosen: Set<String> = []
    for word in words { chosen.formUnion(try Self.layers(word, of: outline)) }
    let withParameters = outline.layers.filter { !$0.parameters.isEmpty }
    if !words.isEmpty, withParameters.allSatisfy({ chosen.contains($0.name) }) {
      throw .selection(
        text: words.joined(separator: " "),
        reason: "chooses all \(withParameters.count) layers that have parameters; leave some out")
    }
    return chosen
  }

  private static func layers(
    _ word: String, of outline: NetworkOutline
  ) throws(TrainingError) -> [String] {
    let names = outline.layers.map(\.name)
    switch try selector(word) {
    case .name(let name):
      let stage = outline.layers.filter { $0.stage == name }
      if !stage.isEmpty { return stage.map(\.name) }
      if names.contains(name) { return [name] }
      let stages = outline.stages
      let near = (stages + names).nearest(to: name).joined(separator: ", ")
      throw .selection(
        text: word,
        reason: "there is no such stage or layer; the nearest names are \(near); "
          + "the stages are \(stages.joined(separator: ", "))")
    case .pattern(let regex):
      let found = names.filter { $0.contains(regex) }
      if !found.isEmpty { return found }
      let near = names.nearest(to: String(word.dropFirst().dropLast())).joined(separator: ", ")
      throw .selection(
        text: word, reason: "is found in no layer's name; the nearest names are \(near)")
    case .range(let lower, let upper):
      let (lower, upper) = (lower ?? 0, upper ?? names.count)
      guard lower < upper, upper <= names.count else {
        throw .selection(
          text: word,
          reason: "expected a range that is not empty within 0:\(names.count), "
            + "found \(lower):\(upper)")
      }
      return Array(names[lower..<upper])
    }
  }

  private static func selector(_ word: String) throws(TrainingError) -> Selector {
    if word.count > 2, word.hasPrefix("/"), word.hasSuffix("/") {
      do { return .pattern(try Regex(String(word.dropFirst().dropLast()))) } catch {
        throw .selection(text: word, reason: "is no regular expression; correct it")
      }
    }
    let ends = word.split(separator: ":", omittingEmptySubsequences: false)
    if ends.count == 2, word != ":",
      ends.allSatisfy({ $0.isEmpty || Int($0).map { $0 >= 0 } ?? false })
    {
      return .range(lower: Int(ends[0]), upper: Int(ends[1]))
    }
    return .name(word)
  }
}
