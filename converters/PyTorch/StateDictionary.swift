internal import Files
internal import Importing

/// Finds the tensors of a model in what `torch.save` was given.
struct StateDictionary {
  let values: PickleValues
  let file: String

  /// The names under which programs keep a model beside an optimiser's state.
  private static let usualNames = [
    "state_dict", "model_state_dict", "model_state", "model", "network", "net", "weights",
    "state_dict_ema", "model_ema",
  ]
  /// What wrappers put before all names of a model.
  private static let prefixes = ["module.", "_orig_mod."]
  /// How deep dictionaries are searched.
  private static let maximumDepth = 4

  /// The tensors by name, in the dictionary's order.
  ///
  /// - Throws: `ImportError` if there is no dictionary of tensors, or several.
  func tensors(
    of content: PickleValue
  ) throws(ImportError) -> [(name: String, tensor: TorchTensor)] {
    guard case .dictionary(let index) = content else {
      throw .notWeights(file: file, found: "a PyTorch file of \(kind(of: content))")
    }
    var visited: Set<Int> = []
    if let tensors = try model(in: index, depth: 0, &visited) { return tensors }
    throw .notWeights(file: file, found: "a PyTorch file without a dictionary of tensors")
  }

  /// The tensors of the model in a dictionary, or in one within it.
  ///
  /// Training runs keep single tensors, the best accuracy say, beside the model, so a usual name
  /// counts for more than those.
  private func model(
    in index: Int, depth: Int, _ visited: inout Set<Int>
  ) throws(ImportError) -> [(name: String, tensor: TorchTensor)]? {
    guard depth < Self.maximumDepth, visited.insert(index).inserted else { return nil }
    var inner: [(name: String, index: Int)] = []
    for (key, value) in values.dictionaries[index] {
      if case .text(let name) = key, case .dictionary(let index) = value {
        inner.append((name, index))
      }
    }
    for name in Self.usualNames {
      if let found = inner.first(where: { $0.name == name }),
        let tensors = try model(in: found.index, depth: depth + 1, &visited)
      {
        return tensors
      }
    }
    let tensors = try tensors(in: index)
    if !tensors.isEmpty { return tensors }
    // An optimiser's state has its tensors under numbers, and deeper.
    let others = inner.filter { !Self.usualNames.contains($0.name) }
    let models = others.filter { visited.insert($0.index).inserted && holdsTensors($0.index) }
    if models.count == 1 { return try self.tensors(in: models[0].index) }
    guard models.count > 1 else { return nil }
    let names = models.prefix(4).map(\.name.shortened).joined(separator: ", ")
    throw .unreadableForm(
      file: file, form: "a PyTorch checkpoint of several dictionaries (\(names))",
      advice: "save the one that is the model's state_dict() alone")
  }

  /// Whether a dictionary has a tensor under a name.
  private func holdsTensors(_ index: Int) -> Bool {
    values.dictionaries[index].contains { entry in
      if case (.text, .tensor) = entry { true } else { false }
    }
  }

  private func tensors(
    in index: Int
  ) throws(ImportError) -> [(name: String, tensor: TorchTensor)] {
    var tensors: [(name: String, tensor: TorchTensor)] = []
    var names: Set<String> = []
    for (key, value) in values.dictionaries[index] {
      guard case .text(let name) = key, case .tensor(let index) = value else { continue }
      guard names.insert(name).inserted else {
        throw .damaged(file: file, object: name.shortened, reason: "is in the dictionary twice")
      }
      tensors.append((name, values.tensors[index]))
    }
    return tensors
  }

  /// How many characters of all the names are a wrapper's.
  static func prefixLength(of names: [String]) -> Int {
    guard !names.isEmpty else { return 0 }
    var length = 0
    while let prefix = prefixes.first(where: { prefix in
      names.allSatisfy { $0.utf8.dropFirst(length).starts(with: prefix.utf8) }
    }) {
      length += prefix.utf8.count
    }
    return length
  }

  private func kind(of value: PickleValue) -> String {
    switch value {
    case .tensor: "one tensor"
    case .list, .tuple: "a list"
    default: "something else than a dictionary"
    }
  }
}
