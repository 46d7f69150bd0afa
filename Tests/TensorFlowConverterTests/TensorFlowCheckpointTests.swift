import Importing
import Layers
import Tensors
import Testing

@testable import TensorFlowConverter

@Suite("Checkpoints of TensorFlow")
struct TensorFlowCheckpointTests {
  @Test("Version 2 gives every type's numbers exactly")
  func typesOfVersion2() throws {
    let file = try TensorFlowCheckpoint(Fixture.path("types.ckpt"))
    #expect(
      file.tensors.map(\.name).sorted() == [
        "conv1/bias", "conv1/kernel", "conv1_bn/beta", "conv1_bn/gamma", "empty/kernel",
        "quantised/kernel",
      ])
    #expect(file.tensor("conv1/kernel")?.storedShape == [3, 3, 2, 4])
    let types: [(String, Int, Int, ElementType)] = [
      ("conv1/kernel", 0, 72, .float32), ("conv1/bias", 1, 4, .float64),
      ("conv1_bn/gamma", 2, 4, .float16), ("conv1_bn/beta", 3, 4, .bfloat16),
      ("empty/kernel", 4, 0, .float32),
    ]
    for (name, index, count, type) in types {
      #expect(file.tensor(name)?.elementType == type)
      #expect(try file.numbers(name) == Fixture.numbers(count, variable: index), "\(name)")
    }
    let quantised = try #require(file.tensor("quantised/kernel"))
    #expect(quantised.elementType == nil && quantised.typeName == "int32")
    #expect(file.ignored == [IgnoredTensor(path: "global_step", reason: .bookkeeping)])
    #expect(file.variant == .keras)
    #expect(file.form == "TensorFlow checkpoint, version 2; left out: 1 bookkeeping")
  }

  @Test("Version 1 gives every type's numbers exactly")
  func typesOfVersion1() throws {
    let file = try TensorFlowCheckpoint(Fixture.path("types1.ckpt"))
    let types: [(String, Int, Int, ElementType)] = [
      ("conv1/kernel", 0, 72, .float32), ("conv1/bias", 1, 4, .float64),
      ("conv1_bn/gamma", 2, 4, .float16), ("conv1_bn/beta", 3, 4, .float32),
      ("empty/kernel", 4, 0, .float32),
    ]
    for (name, index, count, type) in types {
      #expect(file.tensor(name)?.elementType == type)
      #expect(try file.numbers(name) == Fixture.numbers(count, variable: index), "\(name)")
    }
    #expect(file.ignored.map(\.path) == ["global_step"])
    #expect(file.form.hasPrefix("TensorFlow checkpoint, version 1"))
  }

  @Test("Slim's names are translated and what is no parameter is left out", arguments: ["", "1"])
  func slim(version: String) throws {
    let file = try TensorFlowCheckpoint(Fixture.path("slim\(version).ckpt"))
    #expect(file.variant == .slim)
    let names = [
      "conv1_conv/kernel", "conv1_bn/gamma", "conv1_bn/beta", "conv1_bn/moving_mean",
      "conv1_bn/moving_variance", "conv2_block1_0_conv/kernel", "predictions/kernel",
      "predictions/bias",
    ]
    #expect(file.tensors.map(\.name).sorted() == names.sorted())
    for (index, name) in names.enumerated() {
      let tensor = try #require(file.tensor(name))
      let count = tensor.shape.reduce(1, *)
      // The first convolution's numbers are its moving averages, the file's eleventh variable.
      let variable = index == 0 ? 10 : index
      #expect(try file.numbers(name) == Fixture.numbers(count, variable: variable), "\(name)")
    }
    #expect(file.tensor("predictions/kernel")?.shape == [8, 5])
    #expect(file.tensor("conv2_block1_0_conv/kernel")?.shape == [1, 1, 4, 8])
    let reasons = Dictionary(uniqueKeysWithValues: file.ignored.map { ($0.path, $0.reason) })
    #expect(
      reasons == [
        "resnet_v1_50/mean_rgb": .preprocessing,
        "resnet_v1_50/conv1/weights/Momentum": .optimizerState,
        "resnet_v1_50/conv1/weights": .averaged,
        "global_step": .bookkeeping,
      ])
    #expect(
      file.form.hasSuffix(
        "TensorFlow-Slim's resnet_v1_50; left out: 1 bookkeeping, 1 an optimiser's state, "
          + "1 whose moving averages are read, 1 the means of the preprocessing"))
  }

  @Test("The one matching step finds a network's parameters")
  func parameters() throws {
    let file = try TensorFlowCheckpoint(Fixture.path("slim.ckpt"))
    let needed = [
      ParameterSpecification(layer: "conv1_conv", variable: "kernel", shape: [7, 7, 3, 4]),
      ParameterSpecification(layer: "predictions", variable: "kernel", shape: [8, 5]),
    ]
    let (parameters, report) = try file.parameters(
      needed: needed, known: needed,
      allowing: ImportAllowance(unused: ["conv1_bn/*", "conv2_*", "*/bias"]))
    #expect(parameters["predictions/kernel"]?.shape == [8, 5])
    #expect(parameters["predictions/kernel"]?.floats == Fixture.numbers(40, variable: 6))
    #expect(
      report.renamed.first?.source == "resnet_v1_50/conv1/weights/ExponentialMovingAverage"
        && report.renamed.first?.rule == "TensorFlow-Slim's resnet_v1_50")
  }

  @Test("Numbers are read from several files")
  func shards() throws {
    let file = try TensorFlowCheckpoint(Fixture.path("shards.ckpt"))
    for k in 0..<4 {
      #expect(
        try file.numbers("dense_\(k)/kernel") == Fixture.numbers(3 * (k + 1), variable: k))
    }
  }

  @Test("A checkpoint by object gives Keras's layers")
  func objects() throws {
    let file = try TensorFlowCheckpoint(Fixture.path("objects"))
    try checkModel(file)
    #expect(file.form.hasPrefix("TensorFlow checkpoint, version 2, by object"))
    #expect(file.ignored.contains { $0.reason == .optimizerState })
  }

  @Test("Variables are listed by number, not letter by letter")
  func order() {
    let names = [
      "conv2d_10/kernel", "conv2d_2/kernel", "conv2d/kernel", "a-007/b", "a-12/b", "a-7/a",
    ]
    let variables = names.map {
      TensorFlowVariable(path: $0, name: $0, shape: [1], type: DataType(number: 1))
    }
    #expect(
      variables.inNaturalOrder.map(\.name) == [
        "a-7/a", "a-007/b", "a-12/b", "conv2d/kernel", "conv2d_2/kernel", "conv2d_10/kernel",
      ])
  }

  @Test("A folder of a SavedModel is read as the checkpoint in it")
  func savedModel() throws {
    let file = try TensorFlowCheckpoint(Fixture.path("saved_model"))
    try checkModel(file)
    #expect(file.ignored.count { $0.reason == .duplicate } == 8)
    #expect(throws: ImportError.self) {
      try TensorFlowCheckpoint(Fixture.path("saved_model/saved_model.pb"))
    }
  }

  private func checkModel(_ file: TensorFlowCheckpoint) throws {
    let names = [
      "conv1/kernel", "conv1/bias", "conv1_bn/gamma", "conv1_bn/beta", "conv1_bn/moving_mean",
      "conv1_bn/moving_variance", "predictions/kernel", "predictions/bias",
    ]
    #expect(file.tensors.map(\.name).sorted() == names.sorted())
    for (index, name) in names.enumerated() {
      let count = try #require(file.tensor(name)).shape.reduce(1, *)
      #expect(try file.numbers(name) == Fixture.numbers(count, variable: index), "\(name)")
    }
  }

  @Test("Of a detector's stages the backbone is read, the end of it from the second")
  func detector() throws {
    let file = try TensorFlowCheckpoint(Fixture.path("detector.ckpt"))
    #expect(
      file.tensors.map(\.name).sorted() == ["conv1_conv/kernel", "conv5_block1_1_conv/kernel"])
    #expect(try file.numbers("conv5_block1_1_conv/kernel") == Fixture.numbers(4, variable: 2))
    #expect(file.ignored.count { $0.reason == .outsideBackbone } == 3)
    #expect(file.ignored.count { $0.reason == .duplicate } == 1)
    #expect(file.variant == .slim)
    #expect(file.form.contains("resnet_v1_50 of a Faster R-CNN"))
  }

  @Test("Any of a checkpoint's paths will do")
  func paths() throws {
    for ending in ["", ".index", ".data-00000-of-00001"] {
      let path = Fixture.path("types.ckpt\(ending)")
      #expect(TensorFlowCheckpoint.isRecognized(path))
      #expect(try TensorFlowCheckpoint(path).tensors.count == 6)
    }
    try Fixture.withFolder { folder in
      Fixture.copy("slim.ckpt", into: folder)
      for name in ["slim.ckpt", "/elsewhere/slim.ckpt"] {
        Fixture.write(
          Array("model_checkpoint_path: \"\(name)\"\n".utf8), to: "\(folder)/checkpoint")
        for path in [folder, folder + "/"] {
          let latest = try TensorFlowCheckpoint(path)
          #expect(latest.tensors.count == 8)
        }
      }
      Fixture.write(Array("model_checkpoint_path: \"x\"\n".utf8), to: "\(folder)/checkpoint")
      #expect(throws: ImportError.self) { try TensorFlowCheckpoint(folder) }
    }
  }

  @Test("What cannot be read is refused with the reason")
  func refusals() throws {
    func message(_ path: String) -> String {
      do {
        _ = try TensorFlowCheckpoint(path)
        return "no error"
      } catch { return "\(error)" }
    }
    #expect(message(Fixture.path("nothing")).hasSuffix("there is no such file; check the path"))
    #expect(message(Fixture.path("parts.ckpt")).contains("variables in several pieces"))
    #expect(message(Fixture.path("slim.pb")).contains("is not a file of weights"))
    #expect(message(Fixture.folder).contains("neither a file 'checkpoint' nor a SavedModel"))
    #expect(!TensorFlowCheckpoint.isRecognized(Fixture.path("slim.pb")))
    try Fixture.withFolder { folder in
      Fixture.copy("types.ckpt", into: folder)
      let (index, data) = ("types.ckpt.index", "types.ckpt.data-00000-of-00001")
      let bytes = Fixture.bytes(Fixture.path(data))
      Fixture.write(Array(bytes.dropLast(100)), to: "\(folder)/\(data)")
      #expect(message("\(folder)/types.ckpt").contains("its bytes go beyond the file's"))
      Fixture.write(Array(Fixture.bytes(Fixture.path(index)).dropLast()), to: "\(folder)/\(index)")
      #expect(message("\(folder)/types.ckpt").contains("there is no table's footer"))
      Fixture.write(bytes, to: "\(folder)/alone.data-00000-of-00001")
      #expect(
        message("\(folder)/alone.data-00000-of-00001").contains(
          "expected the index (.index) beside it"))
    }
  }

  @Test("A changed number is noticed when it is read", arguments: ["slim.ckpt", "slim1.ckpt"])
  func checksums(name: String) throws {
    try Fixture.withFolder { folder in
      let isFirst = name == "slim1.ckpt"
      if !isFirst { Fixture.copy(name, into: folder) }
      let data = isFirst ? name : "\(name).data-00000-of-00001"
      var bytes = Fixture.bytes(Fixture.path(data))
      // A number in the middle of the kernel, and nowhere else.
      bytes[bytes.count / 2] ^= 1
      Fixture.write(bytes, to: "\(folder)/\(data)")
      let file = try TensorFlowCheckpoint("\(folder)/\(name)")
      let failures = file.tensors.filter { tensor in
        do {
          _ = try file.read(tensor)
          return false
        } catch {
          return "\(error)".contains("the checksum is not that of the bytes")
        }
      }
      // Version 1 has one checksum for a block of tensors.
      #expect(isFirst ? !failures.isEmpty : failures.count <= 1)
      if !isFirst {
        let original = try TensorFlowCheckpoint(Fixture.path(name))
        for tensor in file.tensors where !failures.contains(tensor) {
          let expected = try original.read(tensor).floats
          #expect(try file.read(tensor).floats == expected)
        }
      }
    }
  }
}
