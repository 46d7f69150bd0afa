internal import Importing
internal import Layers

/// The name and the shape of a tensor as PyTorch has it.
struct TorchName {
  /// The whole name in the file.
  let path: String
  /// The name of the module that the tensor belongs to, `layer1.0.conv1`, without a wrapper's prefix.
  let module: String
  /// The tensor's name in its module, `weight`.
  let variable: String
  let shape: [Int]

  init(path: String, prefixLength: Int, shape: [Int]) {
    let name = String(decoding: path.utf8.dropFirst(prefixLength), as: UTF8.self)
    let cut = name.lastIndex(of: ".")
    module = String(name[..<(cut ?? name.startIndex)])
    variable = cut.map { String(name[$0...].dropFirst()) } ?? name
    (self.path, self.shape) = (path, shape)
  }
}

/// Where a module's tensors belong here.
struct KerasPlace: Equatable {
  /// How a kernel's numbers are laid out.
  enum Kind: Equatable {
    /// A convolution or a matrix.
    case usual
    /// A convolution of each channel with one filter.
    case depthwise
    /// A matrix that reads a flattened map of so many channels: PyTorch's map has the channels
    /// first, Keras's last.
    case flattened(channels: Int)
    /// A matrix that is a convolution of one cell here.
    case oneCell
  }

  let layer: String
  var kind = Kind.usual
}

/// The modules of one of torchvision's families, and Keras's names of them.
protocol TorchvisionTable: Sendable {
  /// Recognises the family by its names.
  ///
  /// - Returns: Nil if the names are those of something else.
  init?(_ names: [TorchName])

  /// Where a module's tensors belong; nil for a module that the family does not have.
  func place(of module: String) -> KerasPlace?
}

/// Keras's names and layouts for the tensors of a PyTorch model.
struct TorchNames {
  let names: [TorchName]
  private let table: (any TorchvisionTable)?
  /// The modules that normalise, whose bias Keras calls beta.
  private let normalising: Set<String>
  /// Whether the names are those that networks have here, `layer/variable`.
  private let areKeras: Bool

  init(_ tensors: [(path: String, shape: [Int])], file: String) throws(ImportError) {
    let prefixLength = StateDictionary.prefixLength(of: tensors.map(\.path))
    let names = tensors.map {
      TorchName(path: $0.path, prefixLength: prefixLength, shape: $0.shape)
    }
    self.names = names
    areKeras = names.allSatisfy { $0.path.utf8.contains(UInt8(ascii: "/")) }
    normalising = Set(
      names.filter { name in
        name.variable == "running_mean" || (name.variable == "weight" && name.shape.count == 1)
      }.map(\.module))
    if !areKeras, TorchvisionVGG.normalises(names) {
      throw .unreadableForm(
        file: file, form: "torchvision's VGG with batch normalisation (vgg16_bn or vgg19_bn)",
        advice: "the networks here are the paper's, without it; pass weights of vgg16 or vgg19")
    }
    table = areKeras ? nil : Self.table(of: names)
  }

  /// The family whose names these are; none has names that are another's too.
  private static func table(of names: [TorchName]) -> (any TorchvisionTable)? {
    if let table = TorchvisionResNet(names) { return table }
    if let table = TorchvisionVGG(names) { return table }
    if let table = TorchvisionMobileNetV2(names) { return table }
    return TorchvisionMobileNetV3(names)
  }

  /// Whose networks have these names.
  var variant: Variant { areKeras ? .keras : .torchvision }

  /// What is known of the names, in words; nil if they are Keras's.
  var form: String? {
    areKeras ? nil : table == nil ? "names of an unknown model" : "torchvision's names"
  }

  /// Whether a tensor counts the batches that a normalisation has seen, which nothing here needs.
  static func isCounter(_ path: String) -> Bool {
    path == "num_batches_tracked" || path.hasSuffix(".num_batches_tracked")
  }

  /// A tensor under Keras's names.
  func translated(_ tensor: StoredTensor, _ name: TorchName) -> StoredTensor {
    if areKeras { return tensor }
    let place = table?.place(of: name.module)
    let (variable, layout) = keras(name, kind: place?.kind ?? .usual)
    let owner = place == nil ? "PyTorch" : "torchvision"
    return StoredTensor(
      path: tensor.path, layer: place?.layer ?? name.module, variable: variable,
      rule: "\(owner) calls it \(tensor.path)", storedShape: tensor.storedShape, layout: layout,
      elementType: tensor.elementType, typeName: tensor.typeName)
  }

  private func keras(
    _ name: TorchName, kind: KerasPlace.Kind
  ) -> (variable: String, layout: TensorLayout) {
    switch name.variable {
    case "weight":
      normalising.contains(name.module)
        ? ("gamma", .keras) : ("kernel", .torchKernel(name.shape, kind))
    case "bias": (normalising.contains(name.module) ? "beta" : "bias", .keras)
    case "running_mean": ("moving_mean", .keras)
    case "running_var": ("moving_variance", .keras)
    default: (name.variable, .keras)
    }
  }
}

extension TensorLayout {
  /// How PyTorch's kernel of a shape becomes Keras's: convolutions `[out, in, height, width]`,
  /// matrices `[out, in]`.
  fileprivate static func torchKernel(_ shape: [Int], _ kind: KerasPlace.Kind) -> TensorLayout {
    switch (kind, shape.count) {
    case (.usual, 4): return TensorLayout([.permute([2, 3, 1, 0])])
    // One filter a channel, so the second axis is of one, and becomes Keras's multiplier.
    case (.depthwise, 4): return TensorLayout([.permute([2, 3, 0, 1])])
    case (.oneCell, 2):
      return TensorLayout([.permute([1, 0]), .reshape([1, 1, shape[1], shape[0]])])
    case (.flattened(let channels), 2):
      guard let side = side(ofMapOf: shape[1], channels: channels) else { break }
      return TensorLayout([
        .reshape([shape[0], channels, side, side]), .permute([2, 3, 1, 0]),
        .reshape([shape[1], shape[0]]),
      ])
    case (.usual, 2): break
    default: return .keras
    }
    return TensorLayout([.permute([1, 0])])
  }

  /// The side of a square map of so many numbers.
  private static func side(ofMapOf count: Int, channels: Int) -> Int? {
    guard channels > 0, count % channels == 0 else { return nil }
    let area = count / channels
    let side = Int(Double(area).squareRoot())
    return side * side == area ? side : nil
  }
}
