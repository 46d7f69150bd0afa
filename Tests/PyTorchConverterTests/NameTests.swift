import Importing
import Layers
import Mutations
import PyTorchConverter
import Safetensors
import Tensors
import Testing

/// What names alone decide.
@Suite struct NameTests {
  /// A safetensors file of zeros.
  private func names(
    of tensors: [(String, [Int])], metadata: [String: String] = [:]
  ) throws -> PyTorchFile {
    var parameters = Parameters()
    for (name, shape) in tensors { parameters[name] = Tensor(zeros: shape) }
    return try withTemporaryFolder { folder in
      try SafetensorsWriter(metadata: metadata).write(parameters, to: "\(folder)/x")
      return try PyTorchFile(SafetensorsFile("\(folder)/x"))
    }
  }

  @Test("Names of our own stay as they are, in Keras's layout and variant")
  func ours() throws {
    let file = try names(of: [("conv1/kernel", [7, 7, 3, 64]), ("a.b/weight", [2, 3])])
    #expect(file.variant == .keras && file.form == "safetensors")
    #expect(file.tensors.map(\.name) == ["conv1/kernel", "a.b/weight"])
    #expect(file.tensors.allSatisfy { $0.layout == .keras && $0.rule == nil })
  }

  @Test("What a file says of its variant counts for more than its names")
  func statedVariant() throws {
    let ours = [("conv1/kernel", [7, 7, 3, 64])]
    #expect(try names(of: ours, metadata: ["variant": "torchvision"]).variant == .torchvision)
    // Others use the same word for other things.
    #expect(try names(of: ours, metadata: ["variant": "fp16"]).variant == .keras)
    let theirs = [("conv1.weight", [64, 3, 7, 7])]
    #expect(try names(of: theirs).variant == .torchvision)
    #expect(try names(of: theirs, metadata: ["variant": "keras"]).variant == .keras)
  }

  @Test("Wrappers' prefixes are cut off, but only if all names have them")
  func prefixes() throws {
    let both = try names(
      of: [("module._orig_mod.stem.weight", [4]), ("module._orig_mod.stem.bias", [4])])
    #expect(both.tensors.map(\.name) == ["stem/gamma", "stem/beta"])
    #expect(both.tensors.map(\.path).first == "module._orig_mod.stem.weight")
    let mixed = try names(of: [("module.stem.weight", [4]), ("stem.bias", [4])])
    #expect(mixed.tensors.map(\.layer) == ["module.stem", "stem"])
  }

  @Test("Of an unknown model, modules are layers, and shapes tell matrices from normalisations")
  func unknown() throws {
    let file = try names(
      of: [
        ("stem.weight", [8, 3, 3, 3]), ("stem.bias", [8]), ("head.weight", [5, 8]),
        ("head.bias", [5]), ("norm.weight", [8]), ("norm.bias", [8]), ("norm.running_mean", [8]),
        ("norm.running_var", [8]), ("norm.num_batches_tracked", []), ("scale", [1]),
      ])
    #expect(
      file.tensors.map(\.name) == [
        "stem/kernel", "stem/bias", "head/kernel", "head/bias", "norm/gamma", "norm/beta",
        "norm/moving_mean", "norm/moving_variance", "/scale",
      ])
    #expect(file.tensors.map(\.shape).prefix(3) == [[3, 3, 3, 8], [8], [8, 5]])
    #expect(file.skipped == ["norm.num_batches_tracked"])
    #expect(file.form == "safetensors, names of an unknown model")
    #expect(file.tensors[0].rule == "PyTorch calls it stem.weight")
  }

  @Test("AlexNet, SqueezeNet and MobileNetV3 are not taken for families whose names are alike")
  func others() throws {
    let alexNet = try names(
      of: [
        ("features.0.weight", [64, 3, 11, 11]), ("features.3.weight", [192, 64, 5, 5]),
        ("classifier.1.weight", [4096, 9216]),
      ])
    #expect(alexNet.tensors.map(\.layer) == ["features.0", "features.3", "classifier.1"])
    let squeezeNet = try names(
      of: [("features.0.weight", [64, 3, 3, 3]), ("classifier.1.weight", [1000, 512, 1, 1])])
    #expect(squeezeNet.tensors.map(\.layer) == ["features.0", "classifier.1"])
    let mobileNetV3 = try names(
      of: [
        ("features.0.0.weight", [16, 3, 3, 3]), ("features.1.block.0.0.weight", [16, 1, 3, 3]),
      ])
    #expect(mobileNetV3.form == "safetensors, names of an unknown model")
  }

  @Test("Modules that a family does not have keep their names, and so go unused")
  func extraModules() throws {
    let file = try names(
      of: [
        ("conv1.weight", [64, 3, 7, 7]), ("bn1.weight", [64]),
        ("layer1.0.conv1.weight", [64, 64, 1, 1]), ("layer1.0.bn1.weight", [64]),
        ("layer1.0.se.fc1.weight", [8, 64, 1, 1]), ("layer5.0.conv1.weight", [1, 1, 1, 1]),
        ("layer1.x.conv1.weight", [1, 1, 1, 1]), ("fc.weight", [10, 64]),
      ])
    #expect(
      file.tensors.map(\.layer) == [
        "conv1_conv", "conv1_bn", "conv2_block1_1_conv", "conv2_block1_1_bn", "layer1.0.se.fc1",
        "layer5.0.conv1", "layer1.x.conv1", "predictions",
      ])
  }

  @Test("VGG's blocks follow from the gaps between its convolutions, 16 and 19 layers deep")
  func vgg() throws {
    let places: [(Int, [Int])] = [
      (16, [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28]),
      (19, [0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34]),
    ]
    for (depth, places) in places {
      // Their order in the file does not count.
      let file = try names(of: places.shuffled().map { ("features.\($0).weight", [4, 4, 3, 3]) })
      let counts = depth == 16 ? [2, 2, 3, 3, 3] : [2, 2, 4, 4, 4]
      let expected = counts.enumerated().flatMap { block, count in
        (1...count).map { "block\(block + 1)_conv\($0)" }
      }
      #expect(file.tensors.map(\.layer).sorted() == expected.sorted())
      let layers = Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.path, $0.layer) })
      #expect(places.map { layers["features.\($0).weight"] } == expected)
    }
  }
}
