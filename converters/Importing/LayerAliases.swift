/// The names that a layer of a file may have today.
///
/// - Parameter name: The layer's name in the file.
/// - Returns: Other names with the reason, best first.
func aliases(of name: String) -> [(name: String, rule: String)] {
  var aliases: [(name: String, rule: String)] = []
  if let current = currentResNetName(of: name) {
    aliases.append((current, "the name before 2019 is \(name)"))
  }
  return aliases
}

/// A name without what versions of Keras spell in different ways: capitals, and slashes, which Keras 3
/// does not allow in names.
func plainSpelling(of name: String) -> String {
  var plain = ""
  for character in name.lowercased() { plain.append(character == "/" ? "_" : character) }
  let ending = "_batchnorm"
  return plain.hasSuffix(ending) ? plain.dropLast(ending.count) + "_bn" : plain
}

/// Today's name of a layer of the ResNets as Keras had them before 2019, after Caffe's:
/// `res2a_branch2a` is `conv2_block1_1_conv`, `bn4b22_branch1` is `conv4_block23_0_bn`.
private func currentResNetName(of name: String) -> String? {
  let fixed = ["conv1": "conv1_conv", "bn_conv1": "conv1_bn", "fc1000": "predictions"]
  if let name = fixed[name] { return name }
  let kind: String
  var rest: Substring
  if name.hasPrefix("res") {
    (kind, rest) = ("conv", name.dropFirst(3))
  } else if name.hasPrefix("bn") {
    (kind, rest) = ("bn", name.dropFirst(2))
  } else {
    return nil
  }
  guard let stage = rest.popFirst(), "2"..."5" ~= stage, stage.isASCII else { return nil }
  let parts = rest.split(separator: "_branch", omittingEmptySubsequences: false)
  guard parts.count == 2, let block = residualBlock(parts[0]),
    let place = ["1": 0, "2a": 1, "2b": 2, "2c": 3][parts[1]]
  else { return nil }
  return "conv\(stage)_block\(block)_\(place)_\(kind)"
}

/// Which block of its stage a letter stands for, or b with a number, counted from 1.
private func residualBlock(_ text: Substring) -> Int? {
  guard let letter = text.utf8.first, 0x61...0x7A ~= letter else { return nil }
  if text.utf8.count == 1 { return Int(letter) - 0x60 }
  guard text.first == "b", let number = Int(text.dropFirst()), number > 0 else { return nil }
  return number + 1
}

/// A name that Keras gives a layer without one: its class, and a number that counts up as layers of
/// the class are made.
struct AutomaticName {
  /// The class in today's spelling.
  let layerClass: String
  let number: Int

  init?(_ name: String) {
    let digits = name.reversed().prefix { $0.isASCII && $0.isNumber }.count
    var stem = Substring(name)
    var number = 0
    if digits > 0, digits < 10 {
      stem = name.dropLast(digits)
      guard stem.last == "_" else { return nil }
      stem = stem.dropLast()
      number = Int(name.suffix(digits)) ?? 0
    }
    guard let layerClass = Self.classes[String(stem)] else { return nil }
    (self.layerClass, self.number) = (layerClass, number)
  }

  /// Keras 1 wrote names without `_` between words.
  private static let classes = [
    "conv2d": "conv2d", "convolution2d": "conv2d", "batch_normalization": "batch_normalization",
    "batchnormalization": "batch_normalization", "separable_conv2d": "separable_conv2d",
    "separableconv2d": "separable_conv2d", "separableconvolution2d": "separable_conv2d",
    "depthwise_conv2d": "depthwise_conv2d", "dense": "dense", "normalization": "normalization",
  ]
}
