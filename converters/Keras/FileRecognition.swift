internal import Files
internal import FoundationEssentials
internal import HDF5
internal import Importing

/// Recognises a file's form by what is in it, whatever its name ends with, and reads it.
func contentOfKerasFile(_ path: String) throws -> KerasContent {
  if FileKind("\(path)/saved_model.pb") != nil {
    throw ImportError.unreadableForm(
      file: path, form: "a folder of TensorFlow's SavedModel",
      advice: "load it in Keras and write it with model.save('x.keras')")
  }
  let file = try OpenFile(reading: path)
  if ZipArchive.recognises(file) { return try ArchiveReader(archive: ZipArchive(file)).read() }
  let bytes = try file.prefix(64)
  if bytes.first(where: { !Character(UnicodeScalar($0)).isWhitespace }) == UInt8(ascii: "{") {
    return try ShardReader(file: file).read()
  }
  return try content(of: HDF5File(reading: path))
}

private func content(of file: HDF5File) throws -> KerasContent {
  func lists(_ attribute: String, _ group: String) throws(HDF5Error) -> Bool {
    if try file.hasAttribute(attribute, of: group) { return true }
    return try file.hasAttribute("\(attribute)0", of: group)
  }
  if try file.exists("model_weights"), try file.kind(of: "model_weights") == .group,
    try lists("layer_names", "model_weights")
  {
    return try LegacyReader(file: file, content: .model).read()
  }
  if try lists("layer_names", "") { return try LegacyReader(file: file, content: .weights).read() }
  if try file.hasAttribute("nb_layers", of: "") { return try NumberedReader(file: file).read() }
  if try isKeras3(file) { return try Keras3Reader(file: file).read(form: "Keras 3 HDF5 layout") }
  let children = try file.children(of: "").prefix(4).joined(separator: ", ")
  throw ImportError.notWeights(
    file: file.path,
    found: "an HDF5 file " + (children.isEmpty ? "that is empty" : "that holds \(children)"))
}

/// Keras 3 stores a layer's tensors by number, in a group `vars`.
private func isKeras3(_ file: HDF5File) throws(HDF5Error) -> Bool {
  for group in ["layers", "_layer_checkpoint_dependencies", "vars"]
  where try file.exists(group) {
    return true
  }
  for child in try file.children(of: "") where try file.exists("\(child)/vars") {
    return true
  }
  return false
}

/// What `metadata.json` in an archive says.
struct KerasMetadata: Decodable {
  // The name is the file's.
  let keras_version: String?

  init?(_ json: [UInt8]) {
    guard let metadata = try? JSONDecoder().decode(Self.self, from: Data(json)) else { return nil }
    self = metadata
  }
}
