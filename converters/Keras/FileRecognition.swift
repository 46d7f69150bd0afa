internal import Glibc
internal import HDF5
internal import Importing

/// Throws if the file is recognised as something else than HDF5.
///
/// What a file is named does not count: weights are found under any ending.
func refuseOtherFormats(_ path: String) throws(ImportError) {
  if path.hasFolder("saved_model.pb") {
    throw .unreadableForm(file: path, form: "a folder of TensorFlow's SavedModel", advice: saveAsH5)
  }
  let bytes = leadingBytes(of: path)
  if bytes.starts(with: Array("PK".utf8)) {
    if bytes.contains("config.json") || bytes.contains("metadata.json") {
      throw .unreadableForm(file: path, form: "a Keras 3 archive (.keras)", advice: saveAsH5)
    }
    if bytes.contains("data.pkl") { throw .notWeights(file: path, found: "a PyTorch checkpoint") }
    throw .notWeights(file: path, found: "a zip archive")
  }
  if bytes.first == UInt8(ascii: "{") {
    throw bytes.contains("weight_map")
      ? .unreadableForm(
        file: path, form: "the index of Keras 3 weights in several files", advice: saveAsH5)
      : .notWeights(file: path, found: "JSON text")
  }
}

/// Tells a save_weights file from a whole model, by what the root holds.
func legacyContent(of file: HDF5File) throws -> KerasFile.Content {
  func lists(_ attribute: String, _ group: String) throws(HDF5Error) -> Bool {
    if try file.hasAttribute(attribute, of: group) { return true }
    return try file.hasAttribute("\(attribute)0", of: group)
  }
  if try file.exists("model_weights"), try file.kind(of: "model_weights") == .group,
    try lists("layer_names", "model_weights")
  {
    return .model
  }
  if try lists("layer_names", "") { return .weights }
  if try file.hasAttribute("nb_layers", of: "") {
    throw ImportError.unreadableForm(
      file: file.path, form: "a weight file of Keras before version 1, which names no layer",
      advice: "load it in the Keras that wrote it and save it with Keras 2")
  }
  if try isKeras3(file) {
    throw ImportError.unreadableForm(
      file: file.path, form: "a Keras 3 weight file (.weights.h5)", advice: saveAsH5)
  }
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

private let saveAsH5 =
  "load it in Keras and write it with model.save('x.h5'), or in Keras 2 with "
  + "model.save_weights('x.h5')"

/// The first 64 KB of a file; none if it cannot be read, of which HDF5 then tells the reason.
private func leadingBytes(of path: String) -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard descriptor >= 0 else { return [] }
  defer { close(descriptor) }
  var bytes = [UInt8](repeating: 0, count: 1 << 16)
  let count = read(descriptor, &bytes, bytes.count)
  return Array(bytes.prefix(max(count, 0)))
}

extension [UInt8] {
  /// Whether the bytes hold that text.
  fileprivate func contains(_ text: String) -> Bool {
    let text = Array(text.utf8)
    return indices.dropLast(Swift.max(text.count - 1, 0)).contains { start in
      self[start] == text[0] && self[start..<(start + text.count)].elementsEqual(text)
    }
  }
}

extension String {
  /// Whether this is a folder that holds a file of that name.
  fileprivate func hasFolder(_ name: String) -> Bool { access("\(self)/\(name)", F_OK) == 0 }
}
