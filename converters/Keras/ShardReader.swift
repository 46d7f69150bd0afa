internal import Files
internal import FoundationEssentials
internal import HDF5
internal import Importing

/// Reads Keras 3's weights in several files: an index, `x.weights.json`, says which groups are in which.
struct ShardReader {
  /// The index.
  let file: OpenFile

  private var path: String { file.path }

  // The names are the file's.
  private struct Index: Decodable {
    let weight_map: [String: Files]
  }

  /// One file, or several.
  private struct Files: Decodable {
    let names: [String]

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let name = try? container.decode(String.self) {
        names = [name]
      } else {
        names = try container.decode([String].self)
      }
    }
  }

  func read() throws -> KerasContent {
    let bytes = try file.contents()
    guard let index = try? JSONDecoder().decode(Index.self, from: Data(bytes)) else {
      throw ImportError.notWeights(file: path, found: "JSON text without Keras's weight_map")
    }
    let names = Set(index.weight_map.values.flatMap(\.names)).sorted()
    var files: [(name: String, file: HDF5File, groups: [Keras3Reader.Group])] = []
    for name in names {
      let file = try HDF5File(reading: try part(name))
      files.append((name, file, try Keras3Reader(file: file).groups()))
    }
    for (group, listed) in index.weight_map.sorted(by: { $0.key < $1.key }) {
      let holders = files.filter { file in
        listed.names.contains(file.name)
          && file.groups.contains { "\($0.path)/vars" == group && !$0.variables.isEmpty }
      }
      guard !holders.isEmpty else {
        throw ImportError.damaged(
          file: path, object: group,
          reason: "is not in \(listed.names.joined(separator: " or "))")
      }
    }
    return KerasContent(
      form: "Keras 3 layout in \(names.count) parts", content: .weights,
      layers: Keras3Reader.layers(of: try united(files.flatMap(\.groups))),
      files: files.map { file in (file.file, Set(file.groups.flatMap(\.variables).map(\.path))) })
  }

  /// The path of a part, which lies beside the index.
  private func part(_ name: String) throws(ImportError) -> String {
    guard !name.isEmpty, !name.contains("/"), name != "..", name != "." else {
      throw .damaged(file: path, object: name, reason: "is no name of a file beside the index")
    }
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
    guard FileKind(folder + name) != nil else {
      throw .missingPart(file: path, part: name)
    }
    return folder + name
  }

  /// The groups of all parts: of a layer that is empty in one part, and not in another, the latter.
  private func united(_ groups: [Keras3Reader.Group]) throws(ImportError) -> [Keras3Reader.Group] {
    var variables: [String: [(path: String, dataset: DatasetDescription)]] = [:]
    var names: [String: String] = [:]
    var seen: Set<String> = []
    for group in groups {
      variables[group.path, default: []] += group.variables
      if let name = group.name { names[group.path] = name }
      for variable in group.variables where !seen.insert(variable.path).inserted {
        throw .damaged(file: path, object: variable.path, reason: "is in two of the parts")
      }
    }
    func isBefore(_ first: [NumberedName], _ second: [NumberedName]) -> Bool {
      first.lexicographicallyPrecedes(second)
    }
    return variables.keys.map { path in
      (path, path.split(separator: "/").map { NumberedName(String($0)) })
    }.sorted { isBefore($0.1, $1.1) }.map { path, _ in
      Keras3Reader.Group(
        path: path, name: names[path],
        variables: variables[path, default: []].sorted {
          NumberedName("_" + ($0.path.split(separator: "/").last ?? ""))
            < NumberedName("_" + ($1.path.split(separator: "/").last ?? ""))
        })
    }
  }
}
