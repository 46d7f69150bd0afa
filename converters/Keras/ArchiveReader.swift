internal import HDF5
internal import Importing

/// Reads a `.keras` archive: a zip file of the architecture and of weights in Keras 3's layout.
///
/// Keras does not pack the members, so the weights are read where they lie in the archive.
struct ArchiveReader {
  let path: String

  func read() throws -> KerasContent {
    let directory = try ZipDirectory(path)
    guard let weights = directory["model.weights.h5"] else {
      if directory["model.weights.npz"] != nil {
        throw ImportError.unreadableForm(
          file: path, form: "a Keras archive with its weights as .npz", advice: Self.advice)
      }
      throw ImportError.notWeights(file: path, found: directory.content)
    }
    guard let configuration = directory["config.json"] else {
      throw ImportError.damaged(file: path, object: "config.json", reason: "is not in the archive")
    }
    let json = try wholeFile(path, part: try directory.bytes(of: configuration))
    let file = try HDF5File(reading: path, part: try directory.bytes(of: weights))
    let architecture = KerasConfiguration(json)
    var content = try Keras3Reader(file: file).read(
      form: "archive (.keras)", configuration: architecture)
    content.architecture = architecture?.graph
    content.kerasVersion = try version(directory)
    return content
  }

  /// What `metadata.json` says: `{"keras_version": "3.15.1", …}`.
  private func version(_ directory: ZipDirectory) throws -> String? {
    guard let member = directory["metadata.json"] else { return nil }
    let json = try wholeFile(path, part: try directory.bytes(of: member))
    return KerasMetadata(json)?.keras_version
  }

  static let advice = "load it in Keras and write it with model.save('x.keras')"
}
