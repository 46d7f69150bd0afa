import Importing
import Layers
import Mutations
import PyTorchConverter
import Safetensors
import Tensors
import Testing

/// Networks of torchvision's own blocks, saved by PyTorch itself.
@Suite struct NetworkTests {
  @Test(
    "Every number arrives under Keras's name in Keras's order, and none is left over",
    arguments: [
      ("resnet_basic.pth", "resnet_basic.txt"), ("resnet_basic_protocol5.pth", "resnet_basic.txt"),
      ("resnet_basic_legacy.pth", "resnet_basic.txt"),
      ("resnet_basic_legacy4.pth", "resnet_basic.txt"),
      ("resnet_basic.safetensors", "resnet_basic.txt"),
      ("resnet_bottleneck.pth", "resnet_bottleneck.txt"), ("vgg.pth", "vgg.txt"),
      ("zip64.pth", "vgg.txt"), ("mobilenet_v2.pth", "mobilenet_v2.txt"),
      ("big_endian.pth", "mobilenet_v2.txt"),
    ])
  func numbers(file: String, network: String) throws {
    let expected = try expected(network)
    let file = try open(fixture(file))
    #expect(file.variant == .torchvision)
    #expect(file.tensors.count == expected.count)
    let (parameters, report) = try file.parameters(
      needed: expected.map(\.parameter), known: [])
    #expect(report.unused == [] && report.missing == [])
    #expect(report.renamed.allSatisfy { $0.rule == "torchvision calls it \($0.source)" })
    for (parameter, floats) in expected {
      #expect(parameters[parameter.name]?.shape == parameter.shape)
      #expect(parameters[parameter.name]?.floats == floats, "\(parameter)")
    }
  }

  @Test("Counts of batches are left out, and said to be")
  func counters() throws {
    let file = try PyTorchFile(fixture("resnet_basic.pth"))
    #expect(file.skipped.count == 8)
    #expect(file.skipped.first == "bn1.num_batches_tracked")
    #expect(try PyTorchFile(fixture("vgg.pth")).skipped == [])
  }

  @Test("What a file is, is said in words")
  func forms() throws {
    func form(_ name: String) throws -> String { try open(fixture(name)).form }
    #expect(
      try form("resnet_basic.pth") == "PyTorch checkpoint, ZIP archive, torchvision's names")
    #expect(
      try form("resnet_basic_legacy.pth")
        == "PyTorch checkpoint, form of before 1.6, torchvision's names")
    #expect(try form("resnet_basic.safetensors") == "safetensors, torchvision's names")
    #expect(try form("kinds.pth") == "PyTorch checkpoint, ZIP archive, names of an unknown model")
  }

  @Test("A checkpoint in a training run's dictionary keeps the wrapper's names as paths only")
  func wrapper() throws {
    let file = try PyTorchFile(fixture("resnet_bottleneck.pth"))
    let first = try #require(file.tensors.first)
    #expect(first.path == "module.conv1.weight")
    #expect(first.name == "conv1_conv/kernel")
  }

  @Test("VGG's first matrix reads rows, columns and then channels, by hand")
  func flattening() throws {
    // Two units read a map of 2 channels of 2×2. PyTorch counts channel, row, column.
    var parameters = Parameters()
    parameters["features.0.weight"] = Tensor(zeros: [2, 3, 3, 3])
    parameters["classifier.0.weight"] = Tensor(
      shape: [2, 8],
      values: [
        111, 112, 121, 122, 211, 212, 221, 222,
        -111, -112, -121, -122, -211, -212, -221, -222,
      ])
    try withTemporaryFolder { folder in
      try SafetensorsWriter().write(parameters, to: "\(folder)/x.safetensors")
      let file = try open("\(folder)/x.safetensors")
      let stored = try #require(file.tensors.last)
      #expect(stored.name == "fc1/kernel" && stored.shape == [8, 2])
      let kernel = stored.layout.apply(to: try file.read(stored))
      #expect(
        kernel.floats == [
          111, -111, 211, -211, 112, -112, 212, -212, 121, -121, 221, -221, 122, -122, 222, -222,
        ])
    }
  }

  @Test("A depthwise kernel keeps its channels third, by hand")
  func depthwise() throws {
    let file = try PyTorchFile(fixture("mobilenet_v2.pth"))
    let stored = try #require(
      file.tensors.first { $0.name == "expanded_conv_depthwise/kernel" })
    #expect(stored.storedShape == [4, 1, 3, 3])
    #expect(stored.shape == [3, 3, 4, 1])
    let (torch, keras) = (
      try file.read(stored).floats, stored.layout.apply(to: try file.read(stored)).floats
    )
    // Row 1, column 2, channel 3.
    #expect(keras[(1 * 3 + 2) * 4 + 3] == torch[3 * 9 + 1 * 3 + 2])
  }
}
