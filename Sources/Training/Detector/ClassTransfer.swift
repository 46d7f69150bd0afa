internal import Detection
internal import Tensors

/// Which rows of a detector's predictors go on telling the same classes apart.
///
/// Classes are the same if they have the same name. The background's row goes with them.
public struct ClassTransfer: Hashable, Sendable {
  /// A class that is known, with its index before and now.
  public struct Pair: Hashable, Sendable {
    public let name: String
    public let old: Int
    public let new: Int
  }

  /// The classes that are carried over, in their new order.
  public let carried: [Pair]
  /// Classes that nothing is known of.
  public let fresh: [String]
  /// Classes, by their old names, that are no longer told apart.
  public let dropped: [String]

  /// Pairs classes by name.
  ///
  /// - Parameters:
  ///   - old: The classes of the checkpoint.
  ///   - new: The classes from now on.
  ///   - remap: New names of old classes, `old=new`.
  /// - Throws: ``TrainingError/setting(name:expected:found:)`` if a name of `remap` is in neither
  ///   list, a class is renamed twice, or two old classes would have one name.
  public init(from old: [String], to new: [String], remap: [String] = []) throws(TrainingError) {
    var names = old
    var renamed: Set<Int> = []
    for word in remap {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let index = old.firstIndex(of: parts[0]) else {
        throw .setting(
          name: "remap", expected: "old=new with old among \(old.joined(separator: ", "))",
          found: word)
      }
      guard new.contains(parts[1]) else {
        throw .setting(
          name: "remap", expected: "old=new with new among \(new.joined(separator: ", "))",
          found: word)
      }
      guard renamed.insert(index).inserted else {
        throw .setting(
          name: "remap", expected: "one new name for each class", found: word)
      }
      names[index] = parts[1]
    }
    guard Set(names).count == names.count else {
      throw .setting(
        name: "remap", expected: "a name of its own for each class of the checkpoint",
        found: names.joined(separator: ", "))
    }
    carried = new.enumerated().compactMap { index, name in
      names.firstIndex(of: name).map { Pair(name: name, old: $0, new: index) }
    }
    fresh = new.filter { !names.contains($0) }
    dropped = zip(old, names).filter { !new.contains($0.1) }.map(\.0)
  }

  /// Copies the rows of the classes that are carried over.
  ///
  /// - Parameters:
  ///   - old: The predictors' parameters in the checkpoint.
  ///   - parameters: The new ones, which are changed.
  func carryOver(_ old: Parameters, into parameters: inout Parameters) {
    guard !carried.isEmpty else { return }
    let classColumns = [(old: 0, new: 0)] + carried.map { (old: $0.old + 1, new: $0.new + 1) }
    let boxColumns = carried.flatMap { pair in
      (0..<4).map { (old: 4 * pair.old + $0, new: 4 * pair.new + $0) }
    }
    for (layer, columns) in zip(FasterRCNN.predictors, [classColumns, boxColumns]) {
      for variable in ["kernel", "bias"] {
        let name = "\(layer)/\(variable)"
        guard let source = old[name], let target = parameters[name] else { continue }
        parameters[name] = target.replacing(columns: columns, from: source)
      }
    }
  }
}

extension Tensor {
  /// The numbers with some of the last axis replaced by another tensor's.
  fileprivate func replacing(columns: [(old: Int, new: Int)], from source: Tensor) -> Tensor {
    let (width, sourceWidth) = (shape.last ?? 1, source.shape.last ?? 1)
    var values = floats
    let others = source.floats
    for row in 0..<values.count / width {
      for (old, new) in columns { values[row * width + new] = others[row * sourceWidth + old] }
    }
    return Tensor(shape: shape, values: values)
  }
}
