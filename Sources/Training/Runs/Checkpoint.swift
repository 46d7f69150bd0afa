internal import Files
internal import FoundationEssentials
internal import HDF5
internal import Importing
internal import KerasConverter
public import Layers
public import Tensors

/// What a trained network is: enough to use its weights without the run that made them.
public protocol NetworkDescription: Hashable, Codable, Sendable {
  /// How good the network was found to be.
  associatedtype Score: NetworkScore

  /// What the network is called in a checkpoint and in errors.
  static var kind: String { get }
  /// How few classes make no sense.
  static var leastClassCount: Int { get }
  /// The classes' names, in the order of the network's outputs.
  var classes: [String] { get }
  /// Which of the networks of its backbone's name it is built on.
  var configuration: BackboneConfiguration { get }
}

/// A network in a file that Keras loads by layer name, with what it takes to use it or to go on.
///
/// The layout is Keras's, plus a group `zoo` with attributes in JSON and, where a run is to go on from
/// the file, the optimiser's state.
public struct Checkpoint<Description: NetworkDescription> {
  /// The file's path.
  public let path: String
  public let description: Description
  /// How far the run had come.
  public let progress: RunProgress<Description.Score>

  private static var group: String { "/zoo" }
  private static var form: String { "form" }
  private static var stateGroup: String { "/zoo/optimizer" }

  /// Finds and opens the checkpoint of a run.
  ///
  /// - Parameter path: The folder of a run, of which `best.h5` is taken, or else `last.h5`; or a
  ///   checkpoint's file.
  /// - Throws: ``TrainingError/run(path:reason:)`` if there is none, or the file is none of these;
  ///   `HDF5Error` if it cannot be read.
  public init(of path: String) throws {
    let candidates = ["\(path)/best.h5", "\(path)/last.h5"].filter { FileKind($0) == .file }
    guard let file = candidates.first ?? (FileKind(path) == .file ? path : nil) else {
      throw TrainingError.run(
        path: path, reason: "holds no checkpoint, expected best.h5 or last.h5; name a run's folder")
    }
    try self.init(contentsOf: file)
  }

  /// Opens a checkpoint's file; the parameters stay unread.
  ///
  /// - Throws: ``TrainingError/run(path:reason:)`` if the file is no checkpoint of such a network;
  ///   `HDF5Error` if it cannot be read.
  public init(contentsOf path: String) throws {
    let file = try HDF5File(reading: path)
    self.path = path
    // Of another form, all else may be elsewhere.
    if try Self.hasAttribute(Self.form, in: file) {
      try CheckpointForm.check(try Self.attribute(Self.form, in: file), path: path)
    }
    let words = try Self.text(Description.kind, in: file)
    description = try KeptJSON(text: words, path: path, owner: Description.kind).settings()
    progress = try KeptJSON(text: try Self.text("progress", in: file), path: path, owner: "run")
      .settings()
    guard description.classes.count >= Description.leastClassCount else {
      throw TrainingError.run(
        path: path,
        reason: "names fewer than \(Description.leastClassCount) classes; the file is damaged")
    }
  }

  /// Reads all parameters of the network that the checkpoint was written for.
  ///
  /// - Parameter specifications: The network's parameters.
  /// - Returns: Their values, float32.
  /// - Throws: `ImportError` if they are not the file's, `HDF5Error` if it cannot be read.
  public func parameters(_ specifications: [ParameterSpecification]) throws -> Parameters {
    try KerasFile(path).parameters(needed: specifications, known: specifications).parameters
  }

  /// Reads the optimiser's state.
  ///
  /// - Parameter expected: A state of the same shapes.
  /// - Returns: The state.
  /// - Throws: ``TrainingError/run(path:reason:)`` if the file has another or none.
  func optimizerState(like expected: Parameters) throws -> Parameters {
    let file = try HDF5File(reading: path)
    var state = Parameters()
    for (name, tensor) in expected {
      let place = "\(Self.stateGroup)/\(name)"
      guard try file.exists(place) else {
        throw TrainingError.run(
          path: path, reason: "has no state of the optimiser for \(name); resume from a last.h5")
      }
      let stored = try file.read(place)
      guard stored.shape == tensor.shape, stored.elementType == tensor.elementType else {
        throw TrainingError.run(
          path: path,
          reason: "\(place) is not of this run, expected \(tensor.shape), found \(stored.shape)")
      }
      state[name] = stored
    }
    return state
  }

  /// Writes a checkpoint, whole or not at all.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - parameters: All parameters of the network.
  ///   - layers: The network's layers in Keras's order.
  ///   - description: What the network is.
  ///   - progress: How far the run has come.
  ///   - optimizerState: What the optimiser goes on from; nil if nothing is to go on.
  /// - Throws: `FileError` if the file cannot be written.
  static func write(
    to path: String, parameters: Parameters, layers: [String], description: Description,
    progress: RunProgress<Description.Score>, optimizerState: Parameters?
  ) throws {
    let variant = description.configuration.variant
    try KerasWriter(attributes: [("variant", variant.rawValue)]).write(
      parameters, layers: layers, to: path
    ) { file in
      try file.createGroup(group)
      try file.setAttribute(form, of: group, to: "\(CheckpointForm.current)")
      try encode(description, Description.kind, in: file)
      try encode(progress, "progress", in: file)
      for (name, tensor) in optimizerState ?? Parameters() {
        try file.write(tensor, at: "\(stateGroup)/\(name)")
      }
    }
  }

  /// Texts of thousands of classes do not fit one attribute: they go to `name0`, `name1`, ….
  private static func encode(
    _ value: some Encodable, _ name: String, in file: HDF5Writer
  ) throws {
    let text = String(decoding: try JSONEncoder.zoo().encode(value), as: UTF8.self)
    for (index, part) in text.parts(ofByteCount: HDF5Writer.attributeByteLimit).enumerated() {
      try file.setAttribute("\(name)\(index)", of: group, to: part)
    }
  }

  private static func text(_ name: String, in file: HDF5File) throws -> String {
    var text = ""
    var count = 0
    while try hasAttribute("\(name)\(count)", in: file) {
      text += try attribute("\(name)\(count)", in: file)
      count += 1
    }
    guard count > 0 else {
      throw TrainingError.run(
        path: file.path,
        reason: "is no checkpoint of a \(Description.kind) trained here; name the folder of a run "
          + "that trained one")
    }
    return text
  }

  private static func hasAttribute(_ name: String, in file: HDF5File) throws -> Bool {
    try file.exists(group) && file.hasAttribute(name, of: group)
  }

  private static func attribute(_ name: String, in file: HDF5File) throws -> String {
    try file.strings(name, of: group).joined()
  }
}
