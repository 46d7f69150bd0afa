/// The names of
/// [torchvision's VGG networks](https://github.com/pytorch/vision/blob/main/torchvision/models/vgg.py)
/// without batch normalisation.
///
/// Convolutions are called by their place among all layers, so the numbers tell the blocks: after a
/// convolution comes its activation, and at the end of a block a pooling besides. `classifier.0`,
/// `.3` and `.6` are `fc1`, `fc2` and `predictions`.
struct TorchvisionVGG: TorchvisionTable {
  /// Keras's names of the convolutions, by their modules.
  private var convolutions: [String: String] = [:]
  /// How many channels the last convolution makes.
  private var channels = 0

  init?(_ names: [TorchName]) {
    let kernels = Self.kernels(names)
    guard kernels.first?.place == 0, !Self.normalises(names) else { return nil }
    var (block, convolution, last) = (1, 0, -2)
    for (place, shape) in kernels {
      guard shape.count == 4, shape[2] == 3, shape[3] == 3 else { return nil }
      switch place - last {
      case 2: convolution += 1
      case 3: (block, convolution) = (block + 1, 1)
      default: return nil
      }
      convolutions["features.\(place)"] = "block\(block)_conv\(convolution)"
      (last, channels) = (place, shape[0])
    }
    // AlexNet's convolutions and SqueezeNet's classifier are called in the same way.
    let others = names.filter { !$0.module.hasPrefix("features.") }.map(\.module)
    guard others.allSatisfy({ Self.matrices[$0] != nil }) else { return nil }
  }

  func place(of module: String) -> KerasPlace? {
    if let layer = convolutions[module] { return KerasPlace(layer: layer) }
    guard let layer = Self.matrices[module] else { return nil }
    return KerasPlace(
      layer: layer, kind: layer == "fc1" ? .flattened(channels: channels) : .usual)
  }

  private static let matrices = [
    "classifier.0": "fc1", "classifier.3": "fc2", "classifier.6": "predictions",
  ]

  /// Whether these are the names of a VGG with batch normalisation.
  static func normalises(_ names: [TorchName]) -> Bool {
    let kernels = kernels(names)
    return kernels.first?.place == 0
      && names.contains { $0.module == "features.1" && $0.variable == "running_mean" }
      && kernels.allSatisfy { $0.shape.count == 4 && $0.shape[2] == 3 && $0.shape[3] == 3 }
  }

  /// The convolutions' places in the list of layers, with the shapes of their kernels.
  private static func kernels(_ names: [TorchName]) -> [(place: Int, shape: [Int])] {
    names.compactMap { name -> (place: Int, shape: [Int])? in
      guard name.variable == "weight", name.shape.count > 1,
        name.module.hasPrefix("features."),
        let place = Int(name.module.dropFirst("features.".count)), place >= 0
      else { return nil }
      return (place, name.shape)
    }.sorted { $0.place < $1.place }
  }
}
