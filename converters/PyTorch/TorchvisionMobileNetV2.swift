/// The names of
/// [torchvision's MobileNetV2](https://github.com/pytorch/vision/blob/main/torchvision/models/mobilenetv2.py).
///
/// | torchvision               | Keras                                       |
/// |---------------------------|---------------------------------------------|
/// | `features.0.0`, `.0.1`    | `Conv1`, `bn_Conv1`                         |
/// | `features.1.conv.0.0`, `.0.1`, `.1`, `.2` | `expanded_conv_depthwise`, `_depthwise_BN`, `_project`, `_project_BN` |
/// | `features.k.conv.0.0`, `.0.1` | `block_{k-1}_expand`, `_expand_BN`      |
/// | `features.k.conv.1.0`, `.1.1` | `block_{k-1}_depthwise`, `_depthwise_BN` |
/// | `features.k.conv.2`, `.3` | `block_{k-1}_project`, `_project_BN`        |
/// | `features.18.0`, `.18.1`  | `Conv_1`, `Conv_1_bn`                       |
/// | `classifier.1`            | `predictions`                               |
struct TorchvisionMobileNetV2: TorchvisionTable {
  init?(_ names: [TorchName]) {
    let modules = Set(names.map(\.module))
    let first = [
      "features.0.0", "features.0.1", "features.1.conv.0.0", "features.1.conv.0.1",
      "features.1.conv.1", "features.1.conv.2",
    ]
    guard modules.isSuperset(of: first) else { return nil }
  }

  func place(of module: String) -> KerasPlace? {
    switch module {
    case "features.0.0": return KerasPlace(layer: "Conv1")
    case "features.0.1": return KerasPlace(layer: "bn_Conv1")
    case "classifier.1": return KerasPlace(layer: "predictions")
    default: break
    }
    let parts = module.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count >= 3, parts[0] == "features", let place = Int(parts[1]), 1...999 ~= place
    else { return nil }
    let rest = parts[2...].joined(separator: ".")
    switch rest {
    // The convolution after the last block.
    case "0": return KerasPlace(layer: "Conv_1")
    case "1": return KerasPlace(layer: "Conv_1_bn")
    default:
      let parts = place == 1 ? Self.firstBlock : Self.otherBlocks
      guard let part = parts[rest] else { return nil }
      let block = place == 1 ? "expanded_conv" : "block_\(place - 1)"
      return KerasPlace(
        layer: "\(block)_\(part)", kind: part == "depthwise" ? .depthwise : .usual)
    }
  }

  /// The first block does not expand.
  private static let firstBlock = [
    "conv.0.0": "depthwise", "conv.0.1": "depthwise_BN", "conv.1": "project",
    "conv.2": "project_BN",
  ]

  private static let otherBlocks = [
    "conv.0.0": "expand", "conv.0.1": "expand_BN", "conv.1.0": "depthwise",
    "conv.1.1": "depthwise_BN", "conv.2": "project", "conv.3": "project_BN",
  ]
}
