import Foundation
import HDF5
import Importing
import KerasConverter
import Layers
import Mutations
import Tensors
import Testing
import Zoo

@Suite struct Keras3WriterTests {
  private func parameters(_ graph: Graph) -> Parameters {
    var parameters = Parameters()
    for specification in graph.parameters {
      parameters[specification.name] = Tensor(
        shape: specification.shape, values: numbers(of: specification))
    }
    return parameters
  }

  static let stage = Stage("s") {
    Conv2D("first", 1, 4, bias: false)
    Residual("sum") {
      Conv2D("body", 3, 4)
      BatchNorm("norm", scale: false)
    } shortcut: {
      DepthwiseConv2D("side", 3)
    }
    SeparableConv2D("both", 3, 2)
    GlobalAveragePool("pool")
    Dense("last", 3)
  }

  @Test("What is written is read back the same", arguments: KerasWriter.Precision.allCases)
  func roundTrip(precision: KerasWriter.Precision) throws {
    let graph = try Graph([Self.stage], input: [1, 8, 8, 3])
    try withTemporaryFolder { folder in
      let path = "\(folder)/out.weights.h5"
      let written = parameters(graph)
      try Keras3Writer(precision: precision, attributes: [("variant", "keras")]).write(
        written, of: graph, to: path)
      let file = try KerasFile(path)
      #expect(file.form == "Keras weights, Keras 3 HDF5 layout")
      let (back, report) = try file.parameters(for: ImportTarget(graph))
      #expect(report.matched.count == graph.parameters.count)
      for (name, tensor) in written { #expect(back[name]?.floats == tensor.floats) }
      #expect(try HDF5File(reading: path).strings("variant", of: "/") == ["keras"])
    }
  }

  @Test("Layers are numbered in their class in the order of model.layers, variables in theirs")
  func layout() throws {
    let graph = try Graph([Self.stage], input: [1, 8, 8, 3])
    try withTemporaryFolder { folder in
      let path = "\(folder)/out.weights.h5"
      try Keras3Writer().write(parameters(graph), of: graph, to: path)
      let file = try HDF5File(reading: path)
      #expect(
        try file.children(of: "/layers") == [
          "batch_normalization", "conv2d", "conv2d_1", "dense", "depthwise_conv2d",
          "separable_conv2d",
        ])
      #expect(try file.strings("name", of: "/layers/conv2d_1/vars") == ["body"])
      #expect(try file.children(of: "/layers/batch_normalization/vars") == ["0", "1", "2"])
      #expect(try file.describe("/layers/separable_conv2d/vars/1").shape == [1, 1, 4, 2])
    }
  }

  @Test("A parameter too few or too many is refused before anything is written")
  func incomplete() throws {
    let graph = try Graph([Self.stage], input: [1, 8, 8, 3])
    try withTemporaryFolder { folder in
      let path = "\(folder)/out.weights.h5"
      var few = parameters(graph)
      few["body/bias"] = nil
      #expect(
        failure { try Keras3Writer().write(few, of: graph, to: path) }?
          .contains("body/bias: is missing") == true)
      var many = parameters(graph)
      many["other/bias"] = few["last/bias"]
      #expect(
        failure { try Keras3Writer().write(many, of: graph, to: path) }?
          .contains("other/bias: is no parameter of the network") == true)
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  /// For `round_trip.py`: ZOO_WRITE names a folder of `.h5` files that Keras has made, and what it
  /// reads of them is written beside them in Keras 3's layout.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["ZOO_WRITE"] != nil))
  func forKeras() throws {
    let folder = ProcessInfo.processInfo.environment["ZOO_WRITE"] ?? ""
    let networks: [(String, any FeatureExtractor)] = [
      ("MobileNet", MobileNet()), ("ResNet50", ResNet(.fifty)), ("InceptionV3", InceptionV3()),
      ("EfficientNetB0", EfficientNet(.b0)), ("Xception", Xception()),
      ("DenseNet121", DenseNet(.oneHundredTwentyOne)),
    ]
    for (name, network) in networks
    where FileManager.default.fileExists(atPath: "\(folder)/\(name).h5") {
      let graph = try Graph(network.stages, input: network.imageShape)
      let read = try KerasFile("\(folder)/\(name).h5").parameters(for: ImportTarget(graph))
      try Keras3Writer().write(read.parameters, of: graph, to: "\(folder)/\(name).weights.h5")
    }
  }
}
