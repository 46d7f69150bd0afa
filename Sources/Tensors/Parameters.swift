internal import OrderedCollections

/// A network's tensors by name (`conv1/kernel`), in the order they were put in.
public struct Parameters: Sendable, Sequence {
  public typealias Element = (name: String, tensor: Tensor)

  private var tensors: OrderedDictionary<String, Tensor> = [:]

  public init() {}

  /// How many tensors there are.
  public var count: Int { tensors.count }

  /// The tensors' names, in order.
  public var names: [String] { Array(tensors.keys) }

  /// The tensor of that name; nil takes it out, a new name goes to the end.
  public subscript(name: String) -> Tensor? {
    get { tensors[name] }
    set { tensors[name] = newValue }
  }

  public func makeIterator() -> some IteratorProtocol<Element> {
    tensors.lazy.map { (name: $0.key, tensor: $0.value) }.makeIterator()
  }
}
