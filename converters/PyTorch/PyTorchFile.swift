internal import Files
public import Importing
public import Layers
public import Safetensors
public import Tensors

/// A file of a PyTorch model's weights, opened but with its tensors unread.
///
/// These are what `torch.save` wrote, in its form of today or that of before 1.6, and safetensors
/// files with PyTorch's names. Nothing of a pickle is executed. Names of torchvision's residual
/// networks, VGG and MobileNetV2 and V3 become Keras's; of other models a module's name is taken for the
/// layer's. Counts of batches (`num_batches_tracked`) are left out.
public struct PyTorchFile: WeightFile, Sendable {
  public let path: String
  public let form: String
  public let variant: Variant
  public let tensors: [StoredTensor]
  /// The names of what the file has and no network here needs: counts of batches.
  public let skipped: [String]
  private let source: Source

  private enum Source: Sendable {
    case checkpoint(TorchCheckpoint, byName: [String: TorchTensor])
    case safetensors(SafetensorsFile)
  }

  /// Opens what `torch.save` wrote, whatever the file's name ends with: a dictionary of tensors, or
  /// one that has it under a usual name such as `state_dict` or `model`.
  ///
  /// - Throws: `FileError` if the file is not there or cannot be read; `ImportError` if it is of
  ///   another form, contradicts itself, or holds anything else than dictionaries, lists, numbers,
  ///   texts and tensors: a whole model, say, whose classes would have to be executed.
  public init(_ path: String) throws {
    let checkpoint = try TorchCheckpoint(path)
    let stored = checkpoint.tensors.map { name, tensor in
      StoredTensor(
        path: name, layer: name, variable: "", storedShape: tensor.shape,
        elementType: tensor.scalar.elementType, typeName: tensor.scalar.name)
    }
    let byName = Dictionary(checkpoint.tensors.map { ($0.name, $0.tensor) }) { first, _ in first }
    try self.init(
      stored, path: path, form: checkpoint.form.rawValue, variant: nil,
      source: .checkpoint(checkpoint, byName: byName))
  }

  /// Understands the names of a safetensors file, PyTorch's or ours.
  ///
  /// - Throws: `ImportError` if it is of a model that is known and not read.
  public init(_ file: SafetensorsFile) throws {
    try self.init(
      file.tensors, path: file.path, form: file.form, variant: file.statedVariant,
      source: .safetensors(file))
  }

  private init(
    _ stored: [StoredTensor], path: String, form: String, variant: Variant?, source: Source
  ) throws {
    let needed = stored.filter { !TorchNames.isCounter($0.path) }
    let names = try TorchNames(needed.map { ($0.path, $0.storedShape) }, file: path)
    (self.path, self.source) = (path, source)
    self.form = names.form.map { "\(form), \($0)" } ?? form
    self.variant = variant ?? names.variant
    tensors = zip(needed, names.names).map { names.translated($0, $1) }
    skipped = stored.map(\.path).filter(TorchNames.isCounter)
  }

  public func read(_ tensor: StoredTensor) throws -> Tensor {
    switch source {
    case .safetensors(let file): return try file.read(tensor)
    case .checkpoint(let checkpoint, let byName):
      guard let elementType = tensor.elementType, let found = byName[tensor.path] else {
        throw ImportError.unsupportedType(
          file: path, tensor: tensor.path, found: tensor.typeName)
      }
      return try checkpoint.read(found, elementType: elementType)
    }
  }

  /// Whether a file is what `torch.save` writes, in either form.
  ///
  /// - Returns: False also for a file that cannot be read. True for a TorchScript program, which
  ///   ``init(_:)-(String)`` refuses with the reason.
  public static func recognises(_ path: String) -> Bool {
    guard let file = try? OpenFile(reading: path) else { return false }
    return TorchArchive.recognises(file) || LegacyTorchFile.recognises(file)
  }
}
