/// A value of a pickle.
///
/// What contains other values is a place in ``PickleValues``, so that values nested a million deep,
/// or within themselves, take no recursion to make, to copy or to free.
enum PickleValue: Equatable {
  case none
  case boolean(Bool)
  case integer(Int)
  /// A number that is not needed: a fraction, or an integer of more than 64 bits.
  case number
  case text(String)
  case tuple(Int)
  case list(Int)
  case dictionary(Int)
  case global(PickleGlobal)
  case storage(TorchStorage)
  case tensor(Int)
  /// Something harmless that is not needed, a device for example.
  case other
}

/// The contents of a pickle's containers.
struct PickleValues {
  var tuples: [[PickleValue]] = []
  var lists: [[PickleValue]] = []
  var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
  var tensors: [TorchTensor] = []

  /// The values of a tuple or a list; nil for anything else.
  func elements(of value: PickleValue) -> [PickleValue]? {
    switch value {
    case .tuple(let index): tuples[index]
    case .list(let index): lists[index]
    default: nil
    }
  }

  /// The whole numbers of a tuple or a list; nil if there is anything else, or more than the 64
  /// that a tensor has axes at most.
  func integers(of value: PickleValue) -> [Int]? {
    guard let elements = elements(of: value), elements.count <= 64 else { return nil }
    var integers: [Int] = []
    for case .integer(let integer) in elements { integers.append(integer) }
    return integers.count == elements.count ? integers : nil
  }
}

/// What a pickle may name: nothing of it is called, each stands for a value made here.
enum PickleGlobal: Equatable {
  case orderedDictionary
  /// `_rebuild_tensor`, of PyTorch before 0.4, `_rebuild_tensor_v2` and `_v3`.
  case rebuildTensor(version: Int)
  case rebuildParameter
  case size
  case device
  case storage(TorchScalar)
  case scalar(TorchScalar)

  init?(module: String, name: String) {
    switch (module, name) {
    case ("collections", "OrderedDict"): self = .orderedDictionary
    case ("torch._utils", "_rebuild_tensor"): self = .rebuildTensor(version: 1)
    case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor(version: 2)
    case ("torch._utils", "_rebuild_tensor_v3"): self = .rebuildTensor(version: 3)
    case ("torch._utils", "_rebuild_parameter"),
      ("torch._utils", "_rebuild_parameter_with_state"):
      self = .rebuildParameter
    case ("torch", "Size"): self = .size
    case ("torch", "device"): self = .device
    case ("torch.storage", "UntypedStorage"), ("torch", "UntypedStorage"):
      self = .storage(.untyped)
    case ("torch", let name):
      if let scalar = TorchScalar.storage(name) {
        self = .storage(scalar)
      } else if let scalar = TorchScalar.named(name) {
        self = .scalar(scalar)
      } else {
        return nil
      }
    default: return nil
    }
  }
}
