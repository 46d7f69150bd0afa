internal import HDF5
internal import Importing

/// A Keras weight file in the legacy HDF5 layout, opened but with its tensors unread.
///
/// The layout is that of `model.save_weights('x.h5')` in Keras 1 and 2, and of `model.save('x.h5')`
/// in Keras 2 and 3: a group for each layer, which lists its tensors by name.
public final class KerasFile {
  /// What a file in this layout holds.
  public enum Content: String, Sendable {
    case weights
    /// Weights with the architecture and perhaps an optimiser's state, neither of which is read.
    case model = "whole model"
  }

  /// The file's path, as it was given.
  public let path: String
  public let content: Content
  /// The version of Keras that wrote the file; the first versions did not say.
  public let kerasVersion: String?
  /// The library that Keras ran on, if the file says.
  public let backend: String?
  /// The layers in the order of the model that was saved, those without weights too.
  public let layers: [KerasLayer]
  let file: HDF5File

  /// Opens a file, whatever its name ends with, and reads all names and shapes.
  ///
  /// - Throws: ``ImportError`` if the file is not Keras's, is in another of Keras's layouts or
  ///   contradicts itself; `HDF5Error` if it is not there or cannot be read.
  public init(_ path: String) throws {
    try refuseOtherFormats(path)
    let file = try HDF5File(reading: path)
    let reader = LegacyReader(file: file, content: try legacyContent(of: file))
    (self.path, self.file, content) = (path, file, reader.content)
    kerasVersion = try reader.text("keras_version")
    backend = try reader.text("backend")
    layers = try reader.layers()
    try refuseTheano()
    try checkDatasets()
  }

  /// Every tensor, in the order of the layers.
  public var weights: [KerasWeight] { layers.flatMap(\.weights) }

  /// What the file is, in words.
  public var form: String {
    "Keras \(kerasVersion ?? "1") \(content.rawValue), legacy HDF5 layout"
      + (backend.map { ", \($0)" } ?? "")
  }

  /// Keras 1 on Theano laid kernels out the other way round, and both Keras versions mirrored them.
  private func refuseTheano() throws(ImportError) {
    let unnumbered = layers.contains { $0.isFlat && !$0.hasOutputNumbers }
    guard backend == "theano" || (kerasVersion == nil && unnumbered) else { return }
    throw .unreadableForm(
      file: path, form: "Keras weights made on Theano, with mirrored kernels",
      advice: "load them in Keras 2 with TensorFlow and save them again")
  }

  /// No two tensors may share bytes, and all have one order of bytes: whatever differs from that was
  /// not written by Keras but has been damaged.
  private func checkDatasets() throws(ImportError) {
    let pieces = weights.compactMap { weight -> (start: Int, weight: KerasWeight)? in
      guard case .contiguous(let offset?) = weight.dataset.storage else { return nil }
      return (offset, weight)
    }.sorted { $0.start < $1.start }
    for (piece, next) in zip(pieces, pieces.dropFirst())
    where piece.start + piece.weight.dataset.storedByteCount > next.start {
      throw .damaged(
        file: path, object: next.weight.path, reason: "shares bytes with \(piece.weight.path)")
    }
    let numbers = weights.filter { $0.dataset.elementType != nil }
    if let first = numbers.first,
      let other = numbers.first(where: { $0.dataset.isBigEndian != first.dataset.isBigEndian })
    {
      throw .damaged(
        file: path, object: other.path, reason: "is of another byte order than \(first.path)")
    }
  }
}
