/// The names of
/// [torchvision's residual networks](https://github.com/pytorch/vision/blob/main/torchvision/models/resnet.py),
/// which timm's plain ones share.
///
/// | torchvision              | Keras                   |
/// |--------------------------|-------------------------|
/// | `conv1`, `bn1`           | `conv1_conv`, `conv1_bn` |
/// | `layer2.0.conv1`, `.bn1` | `conv3_block1_1_conv`, `_1_bn` |
/// | `layer2.0.downsample.0`, `.1` | `conv3_block1_0_conv`, `_0_bn` |
/// | `fc`                     | `predictions`           |
struct TorchvisionResNet: TorchvisionTable {
  init?(_ names: [TorchName]) {
    let modules = Set(names.map(\.module))
    guard modules.isSuperset(of: ["conv1", "bn1", "layer1.0.conv1", "layer1.0.bn1"]) else {
      return nil
    }
  }

  func place(of module: String) -> KerasPlace? {
    switch module {
    case "conv1": return KerasPlace(layer: "conv1_conv")
    case "bn1": return KerasPlace(layer: "conv1_bn")
    case "fc": return KerasPlace(layer: "predictions")
    default: break
    }
    let parts = module.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count >= 3, parts[0].hasPrefix("layer"),
      let stage = Int(parts[0].dropFirst("layer".count)), 1...4 ~= stage,
      let block = Int(parts[1]), 0...999 ~= block,
      let part = Self.part(parts[2...].joined(separator: "."))
    else { return nil }
    return KerasPlace(layer: "conv\(stage + 1)_block\(block + 1)_\(part)")
  }

  private static func part(_ name: String) -> String? {
    switch name {
    case "conv1", "conv2", "conv3": "\(name.dropFirst(4))_conv"
    case "bn1", "bn2", "bn3": "\(name.dropFirst(2))_bn"
    case "downsample.0": "0_conv"
    case "downsample.1": "0_bn"
    default: nil
    }
  }
}
