/// The names of
/// [torchvision's MobileNetV3](https://github.com/pytorch/vision/blob/main/torchvision/models/mobilenetv3.py).
///
/// | torchvision                | Keras                                                   |
/// |----------------------------|---------------------------------------------------------|
/// | `features.0.0`, `.0.1`     | `conv`, `conv_bn`                                       |
/// | `features.1.block.…`       | `expanded_conv_…`                                       |
/// | `features.k.block.…`       | `expanded_conv_{k-1}_…`                                 |
/// | of its convolutions, first to last | `expand` (if there are three), `depthwise`, `project` |
/// | `…i.0`, `…i.1`             | the convolution, its `_bn`                              |
/// | `…i.fc1`, `…i.fc2`         | `squeeze_excite_conv`, `squeeze_excite_conv_1`          |
/// | `features.n.0`, `.n.1`     | `conv_1`, `conv_1_bn`                                   |
/// | `classifier.0`, `.3`       | `conv_2`, `logits`, which Keras has as convolutions     |
struct TorchvisionMobileNetV3: TorchvisionTable {
  /// What each convolution of a block is, by its place in the block.
  private let parts: [Int: [Int: String]]

  init?(_ names: [TorchName]) {
    let modules = Set(names.map(\.module))
    let first = [
      "features.0.0", "features.0.1", "features.1.block.0.0", "features.1.block.0.1",
    ]
    guard modules.isSuperset(of: first) else { return nil }
    var convolutions: [Int: Set<Int>] = [:]
    for module in modules {
      guard let (block, place, part) = Self.split(module), part == "0" else { continue }
      convolutions[block, default: []].insert(place)
    }
    parts = convolutions.mapValues { places in
      let names = ["project", "depthwise", "expand"]
      return Dictionary(uniqueKeysWithValues: zip(places.sorted(by: >), names))
    }
  }

  func place(of module: String) -> KerasPlace? {
    switch module {
    case "features.0.0": return KerasPlace(layer: "conv")
    case "features.0.1": return KerasPlace(layer: "conv_bn")
    case "classifier.0": return KerasPlace(layer: "conv_2", kind: .oneCell)
    case "classifier.3": return KerasPlace(layer: "logits", kind: .oneCell)
    default: break
    }
    guard let (block, place, part) = Self.split(module) else { return Self.last(module) }
    let name = block == 1 ? "expanded_conv" : "expanded_conv_\(block - 1)"
    switch part {
    case "fc1": return KerasPlace(layer: "\(name)_squeeze_excite_conv")
    case "fc2": return KerasPlace(layer: "\(name)_squeeze_excite_conv_1")
    case "0", "1":
      guard let convolution = parts[block]?[place] else { return nil }
      return part == "1"
        ? KerasPlace(layer: "\(name)_\(convolution)_bn")
        : KerasPlace(
          layer: "\(name)_\(convolution)", kind: convolution == "depthwise" ? .depthwise : .usual)
    default: return nil
    }
  }

  /// The convolution after the last block.
  private static func last(_ module: String) -> KerasPlace? {
    let parts = module.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "features", Int(parts[1]) != nil else { return nil }
    switch parts[2] {
    case "0": return KerasPlace(layer: "conv_1")
    case "1": return KerasPlace(layer: "conv_1_bn")
    default: return nil
    }
  }

  /// The numbers in `features.BLOCK.block.PLACE.PART`.
  private static func split(_ module: String) -> (block: Int, place: Int, part: Substring)? {
    let parts = module.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0] == "features", parts[2] == "block",
      let block = Int(parts[1]), 1...999 ~= block, let place = Int(parts[3]), 0...999 ~= place
    else { return nil }
    return (block, place, parts[4])
  }
}
