internal import Files
internal import HDF5
internal import Importing

/// Reads a `.keras` archive: a zip file of the architecture and of weights in Keras 3's layout.
///
/// Keras does not pack the members, so the weights are read where they lie in the archive.
struct ArchiveReader {
  let archive: ZipArchive

  private var path: String { archive.file.path }

  func read() throws -> KerasContent {
    guard let weights = archive["model.weights.h5"] else {
      if archive["model.weights.npz"] != nil {
        throw ImportError.unreadableForm(
          file: path, form: "a Keras archive with its weights as .npz", advice: Self.advice)
      }
      throw ImportError.notWeights(file: path, found: content)
    }
    guard let configuration = archive["config.json"] else {
      throw ImportError.damaged(file: path, object: "config.json", reason: "is not in the archive")
    }
    try checkIsStored(configuration)
    try checkIsStored(weights)
    let file = try HDF5File(reading: path, part: try archive.range(of: weights))
    let architecture = KerasConfiguration(try archive.contents(of: configuration))
    var content = try Keras3Reader(file: file).read(
      form: "archive (.keras)", configuration: architecture)
    content.architecture = architecture?.graph
    content.kerasVersion = try version()
    return content
  }

  /// What `metadata.json` says: `{"keras_version": "3.15.1", …}`.
  private func version() throws -> String? {
    guard let member = archive["metadata.json"] else { return nil }
    try checkIsStored(member)
    return KerasMetadata(try archive.contents(of: member))?.keras_version
  }

  private func checkIsStored(_ member: ZipArchive.Member) throws(ImportError) {
    guard member.packing == .stored else {
      throw .unreadableForm(
        file: path, form: "an archive in which \(member.name) is \(member.packing)",
        advice: "Keras stores its members as they are: unpack it and pack it again with zip -0")
    }
  }

  /// The archive's members in words.
  private var content: String {
    let names = archive.members.map(\.name)
    if names.contains(where: { $0.hasSuffix("/data.pkl") || $0 == "data.pkl" }) {
      return "a PyTorch checkpoint"
    }
    return names.isEmpty
      ? "an empty zip archive" : "a zip archive of \(names.prefix(4).joined(separator: ", "))"
  }

  static let advice = "load it in Keras and write it with model.save('x.keras')"
}
