public import OrderedCollections

/// A network's tensors by name (`conv1/kernel`), in the order of its layers.
public typealias Parameters = OrderedDictionary<String, Tensor>
