internal import HDF5
internal import Importing
internal import Layers

/// What the reader of one of Keras's forms finds in a file.
struct KerasContent {
  /// The form in words, for example `legacy HDF5 layout`.
  let form: String
  let content: KerasFile.Content
  var kerasVersion: String?
  var backend: String?
  let layers: [KerasLayer]
  /// The HDF5 files that hold the tensors, each with the paths of those it holds.
  let files: [(file: HDF5File, paths: Set<String>)]
  /// Whose implementation the weights belong to, if the file says: what this package writes does.
  var variant: Variant? {
    get throws {
      guard let file = files.first?.file, try file.hasAttribute("variant", of: "/") else {
        return nil
      }
      return try file.strings("variant", of: "/").first.flatMap(Variant.init(rawValue:))
    }
  }
  /// What a user should know of how the file was taken.
  var warnings: [String] = []
  /// The architecture, if the file carries it.
  var architecture: LayerGraph?

  init(
    form: String, content: KerasFile.Content, layers: [KerasLayer], file: HDF5File,
    kerasVersion: String? = nil, backend: String? = nil, warnings: [String] = []
  ) {
    self.init(
      form: form, content: content, layers: layers,
      files: [(file, Set(layers.flatMap(\.weights).map(\.path)))], kerasVersion: kerasVersion,
      backend: backend, warnings: warnings)
  }

  init(
    form: String, content: KerasFile.Content, layers: [KerasLayer],
    files: [(file: HDF5File, paths: Set<String>)], kerasVersion: String? = nil,
    backend: String? = nil, warnings: [String] = []
  ) {
    (self.form, self.content, self.layers, self.files) = (form, content, layers, files)
    (self.kerasVersion, self.backend, self.warnings) = (kerasVersion, backend, warnings)
  }
}
