internal import HDF5
internal import Importing
public import Layers

/// A file of Keras's weights in any of the forms that Keras has had, opened but with its tensors unread.
///
/// | written by | form |
/// |---|---|
/// | Keras before 1 | HDF5, layers without names |
/// | Keras 1 and 2 `save_weights`, Keras 1 to 3 `save('x.h5')` | legacy HDF5: a group for each layer |
/// | Keras 3, and 2 from 2.12 on, `save_weights('x.weights.h5')` | HDF5, variables by number |
/// | Keras 3 with a limit on the size of files | the same, in parts beside an index |
/// | `save('x.keras')` | a zip archive of the architecture and such an HDF5 file |
public final class KerasFile {
  /// What a file holds.
  public enum Content: String, Sendable {
    case weights
    /// Weights with the architecture and perhaps an optimiser's state, which is not read.
    case model = "whole model"
  }

  /// The file's path, as it was given.
  public let path: String
  let found: KerasContent
  /// Whose implementation the weights belong to; Keras's own where the file does not say.
  public let variant: Variant

  /// Opens a file, whatever its name ends with, and reads all names and shapes.
  ///
  /// - Throws: ``ImportError`` if the file is not Keras's, is in a form that is not read or
  ///   contradicts itself; `FileError` if it is not there or cannot be read, `HDF5Error` if libhdf5
  ///   finds fault.
  public init(_ path: String) throws {
    self.path = path
    found = try contentOfKerasFile(path)
    variant = try found.variant ?? .keras
    for (file, paths) in found.files {
      try checkDatasets(weights.filter { paths.contains($0.path) }, of: file.path)
    }
  }

  public var content: Content { found.content }

  /// The version of Keras that wrote the file; not all versions say.
  public var kerasVersion: String? { found.kerasVersion }

  /// The library that Keras ran on, if the file says.
  public var backend: String? { found.backend }

  /// The layers in the order of the model that was saved, as far as the file shows it; those without
  /// weights too, if the file lists them.
  public var layers: [KerasLayer] { found.layers }

  /// Every tensor, in the order of the layers.
  public var weights: [KerasWeight] { layers.flatMap(\.weights) }

  /// What the file is, in words.
  public var form: String {
    "Keras \(kerasVersion.map { "\($0) " } ?? "")\(content.rawValue), \(found.form)"
      + (backend.map { ", \($0)" } ?? "")
  }

  /// No two tensors may share bytes, and all have one order of bytes: whatever differs from that was
  /// not written by Keras but has been damaged.
  private func checkDatasets(_ weights: [KerasWeight], of file: String) throws(ImportError) {
    let pieces = weights.compactMap { weight -> (start: Int, weight: KerasWeight)? in
      guard case .contiguous(let offset?) = weight.dataset.storage else { return nil }
      return (offset, weight)
    }.sorted { $0.start < $1.start }
    for (piece, next) in zip(pieces, pieces.dropFirst())
    where piece.weight.dataset.storedByteCount > next.start - piece.start {
      throw .damaged(
        file: file, object: next.weight.path, reason: "shares bytes with \(piece.weight.path)")
    }
    let numbers = weights.filter { $0.dataset.elementType != nil }
    if let first = numbers.first,
      let other = numbers.first(where: { $0.dataset.isBigEndian != first.dataset.isBigEndian })
    {
      throw .damaged(
        file: file, object: other.path, reason: "is of another byte order than \(first.path)")
    }
  }
}
