internal import HDF5
internal import Importing

/// Reads the layout of Keras 3's `.weights.h5`: groups that follow the objects of the model, in each of
/// them the variables by number, `layers/conv2d_1/vars/0`.
///
/// Keras 2.12 and 2.13 call `layers` `_layer_checkpoint_dependencies`.
struct Keras3Reader {
  /// A layer's group.
  struct Group {
    /// The group's path, `/layers/conv2d_1`.
    let path: String
    /// The layer's name, which later versions of Keras write.
    let name: String?
    let variables: [(path: String, dataset: DatasetDescription)]
  }

  let file: HDF5File

  /// Reads a file as a whole.
  ///
  /// - Parameters:
  ///   - form: What the file is, in words.
  ///   - configuration: The architecture, if it came with the file.
  /// - Returns: The layers with their names, as far as the file or the architecture gives them.
  /// - Throws: `HDF5Error` or ``ImportError`` if the file is damaged.
  func read(form: String, configuration: KerasConfiguration? = nil) throws -> KerasContent {
    KerasContent(
      form: form, content: configuration == nil ? .weights : .model,
      layers: Self.layers(of: try groups(), configuration: configuration), file: file)
  }

  // MARK: Groups

  /// Reads all groups, those of one class in the order of their numbers.
  func groups() throws -> [Group] {
    // No group takes less room: more of them than this are some again and again.
    var remaining = 64 + file.byteCount / 16
    return try groups(at: "", remaining: &remaining)
  }

  /// What is not the model's: Keras keeps the optimiser's state and the metrics beside it.
  private static let others: Set = [
    "optimizer", "_optimizer", "metrics", "_metrics", "compiled_metrics",
  ]

  private func groups(at path: String, remaining: inout Int) throws -> [Group] {
    remaining -= 1
    guard remaining > 0, path.utf8.count < 4096 else {
      throw ImportError.damaged(
        file: file.path, object: String(path.prefix(80)),
        reason: "has groups within groups without end")
    }
    var found: [Group] = []
    let children = try file.children(of: path.isEmpty ? "/" : path)
    if children.contains("vars"), try file.kind(of: "\(path)/vars") == .group {
      found.append(try group(at: path))
    }
    let inner = children.filter { child in
      child != "vars" && !(path.isEmpty && Self.others.contains(child))
    }
    for child in inner.sorted(by: { NumberedName($0) < NumberedName($1) })
    where try file.kind(of: "\(path)/\(child)") == .group {
      found += try groups(at: "\(path)/\(child)", remaining: &remaining)
    }
    return found
  }

  private func group(at path: String) throws -> Group {
    let vars = "\(path)/vars"
    let numbers = try file.children(of: vars).map { child in
      guard let number = Int(child), number >= 0 else {
        throw ImportError.damaged(
          file: file.path, object: "\(vars)/\(child)", reason: "is no variable's number")
      }
      return number
    }
    let name =
      try file.hasAttribute("name", of: vars) ? try file.strings("name", of: vars).first : nil
    let variables = try numbers.sorted().map { number in
      let path = "\(vars)/\(number)"
      return (path, try file.describe(path))
    }
    return Group(path: path, name: name, variables: variables)
  }

  // MARK: Layers

  /// Names the layers of groups, with or without the architecture's help.
  ///
  /// - Parameters:
  ///   - groups: The groups of one file or of all parts of one.
  ///   - configuration: The architecture: its names, and the order of the model's layers.
  /// - Returns: The layers, those of the architecture in its order.
  static func layers(
    of groups: [Group], configuration: KerasConfiguration? = nil
  ) -> [KerasLayer] {
    let known = configuration?.groups ?? []
    let names = Dictionary(
      known.map { ("/\($0.path)", $0.layer.name) }, uniquingKeysWith: { first, _ in first })
    let places = Dictionary(
      known.enumerated().map { ("/\($1.path)", $0) }, uniquingKeysWith: { first, _ in first })
    let written = Dictionary(
      groups.compactMap { group in group.name.map { (group.path, $0) } },
      uniquingKeysWith: { first, _ in first })
    func plain(_ path: String) -> String {
      path.split(separator: "/", omittingEmptySubsequences: false)
        .map { $0 == "_layer_checkpoint_dependencies" ? "layers" : String($0) }
        .joined(separator: "/")
    }
    func name(_ path: String) -> String? { written[path] ?? names[plain(path)] }
    let ordered = groups.enumerated().sorted { first, second in
      let (a, b) = (places[plain(first.element.path)], places[plain(second.element.path)])
      return (a ?? .max, first.offset) < (b ?? .max, second.offset)
    }.map(\.element)
    return ordered.compactMap { layer(of: $0, name: name) }
  }

  private static func layer(of group: Group, name: (String) -> String?) -> KerasLayer? {
    let components = group.path.split(separator: "/").map(String.init)
    // The model's own group has a name, and as a rule nothing else.
    guard let last = components.last else {
      return group.variables.isEmpty ? nil : layer(named: group.name ?? "model", [], group)
    }
    // What a wrapper applies goes by the wrapper's name, as in older files.
    if last == "layer", components.count > 1,
      let outer = name("/" + components.dropLast().joined(separator: "/"))
    {
      return layer(named: outer, [name(group.path)].compactMap { $0 }, group)
    }
    let isListed = components.dropLast().last.map(isList) ?? false
    if let name = name(group.path) {
      return layer(named: name, isListed ? [] : [components.joined(separator: "/")], group)
    }
    // An attribute of a model is named by its author; a place in a list says nothing.
    return layer(named: components.joined(separator: "/"), [], group, isNamed: !isListed)
  }

  private static func isList(_ component: String) -> Bool {
    component == "layers" || component == "_layer_checkpoint_dependencies"
  }

  private static func layer(
    named name: String, _ others: [String], _ group: Group, isNamed: Bool = true
  ) -> KerasLayer {
    let last = group.path.split(separator: "/").last.map(String.init) ?? ""
    let variables = VariableNames(
      layerClass: NumberedName(last).stem, shapes: group.variables.map(\.dataset.shape))
    return KerasLayer(
      name: name,
      weights: group.variables.enumerated().map { index, variable in
        KerasWeight(
          path: variable.path, layer: name, variable: variables[index].name,
          dataset: variable.dataset, otherLayers: others,
          otherVariables: variables[index].others, isNamed: isNamed,
          layerClass: variables.layerClass)
      })
  }
}

/// A name with a number at its end, `conv2d_10`, which comes after `conv2d_2`.
struct NumberedName: Comparable {
  let stem: String
  let number: Int

  init(_ name: String) {
    let parts = name.split(separator: "_", omittingEmptySubsequences: false)
    if parts.count > 1, let last = parts.last, !last.isEmpty,
      last.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(last)
    {
      (stem, self.number) = (parts.dropLast().joined(separator: "_"), number)
    } else {
      (stem, number) = (name, 0)
    }
  }

  static func < (first: NumberedName, second: NumberedName) -> Bool {
    (first.stem, first.number) < (second.stem, second.number)
  }
}
