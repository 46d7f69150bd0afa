/// What a run keeps of its data, as `data.json`, to go on with the same.
public protocol RunData: Hashable, Codable, Sendable {
  /// The classes' names, in the order of the network's outputs.
  var classes: [String] { get }
}
