import HDF5
import Importing
import KerasConverter
import Layers
import Tensors
import Testing

@Suite struct LayoutTests {
  /// The network of the files that Keras 2 is said to have written, in names of Keras 3.
  static let keras2 = [
    parameter("conv/kernel", [3, 3, 3, 4]),
    parameter("bn/gamma", [4]), parameter("bn/beta", [4]),
    parameter("bn/moving_mean", [4]), parameter("bn/moving_variance", [4]),
    parameter("depthwise/kernel", [3, 3, 4, 1]), parameter("depthwise/bias", [4]),
    parameter("separable/depthwise_kernel", [1, 1, 4, 1]),
    parameter("separable/pointwise_kernel", [1, 1, 4, 3]), parameter("separable/bias", [3]),
    parameter("block/conv/kernel", [1, 1, 3, 2]),
    parameter("each/kernel", [2, 2]),
    parameter("inner_bn/gamma", [2]), parameter("inner_bn/beta", [2]),
    parameter("inner_bn/moving_mean", [2]), parameter("inner_bn/moving_variance", [2]),
    parameter("inner_conv/kernel", [1, 1, 2, 2]),
    parameter("predictions/kernel", [2, 5]), parameter("predictions/bias", [5]),
  ]

  static let body = [
    parameter("conv/kernel", [3, 3, 3, 4]),
    parameter("bn/gamma", [4]), parameter("bn/beta", [4]),
    parameter("bn/moving_mean", [4]), parameter("bn/moving_variance", [4]),
    parameter("depthwise/kernel", [3, 3, 4, 1]), parameter("depthwise/bias", [4]),
    parameter("bn_plain/beta", [4]),
    parameter("bn_plain/moving_mean", [4]), parameter("bn_plain/moving_variance", [4]),
    parameter("separable/depthwise_kernel", [1, 1, 4, 1]),
    parameter("separable/pointwise_kernel", [1, 1, 4, 3]), parameter("separable/bias", [3]),
  ]

  @Test(
    "Every tensor of every form of the layout arrives under its name of today",
    arguments: [
      ("keras2_weights.h5", keras2), ("keras2_parts.h5", keras2),
      ("keras2_big_endian.h5", [keras2[0]]), ("keras2_gzip.h5", [keras2[0]]),
      (
        "keras3_model.h5",
        body + [parameter("predictions/kernel", [3, 5]), parameter("predictions/bias", [5])]
      ),
      (
        "keras3_nested.h5",
        body + [parameter("head/kernel", [48, 2]), parameter("head/bias", [2])]
      ),
      ("keras3_bfloat16.h5", [parameter("dense/kernel", [4, 2]), parameter("dense/bias", [2])]),
      (
        "keras1_tensorflow.h5",
        [parameter("conv/kernel", [3, 3, 3, 4]), parameter("conv/bias", [4])] + keras2[1...4]
          + [parameter("fc/kernel", [16, 2]), parameter("fc/bias", [2])]
      ),
    ])
  func layouts(file: String, needed: [ParameterSpecification]) throws {
    let (parameters, report) = try KerasFile(fixture(file)).parameters(needed: needed, known: [])
    #expect(parameters.names == needed.map(\.name))
    for specification in needed {
      let tensor = try #require(parameters[specification.name])
      #expect(tensor.elementType == .float32)
      #expect(tensor.shape == specification.shape)
      #expect(tensor.floats == numbers(of: specification), "\(specification.name)")
    }
    #expect(report.matched.count + report.renamed.count == needed.count)
    #expect(report.unused == [])
    #expect(report.form.hasPrefix("Keras "))
  }

  @Test("A file says which Keras wrote it, and lists its layers in order")
  func identity() throws {
    let file = try KerasFile(fixture("keras2_weights.h5"))
    #expect(file.form == "Keras 2.1.6 weights, legacy HDF5 layout, tensorflow")
    #expect(file.content == .weights)
    #expect(file.kerasVersion == "2.1.6")
    #expect(file.backend == "tensorflow")
    #expect(
      file.layers.map(\.name) == [
        "input_1", "conv", "bn", "depthwise", "separable", "block/conv", "each", "backbone",
        "predictions",
      ])
    #expect(file.layers[0].weights == [])
    let kernel = file.layers[3].weights[0]
    #expect(kernel.path == "/depthwise/depthwise/depthwise_kernel:0")
    #expect(kernel.name == "depthwise/kernel")
    #expect(kernel.dataset.typeName == "float32")

    let model = try KerasFile(fixture("keras3_model.h5"))
    #expect(model.form == "Keras 3.15.1 whole model, legacy HDF5 layout, tensorflow")
    #expect(try KerasFile(fixture("keras1_tensorflow.h5")).form.hasPrefix("Keras 1 weights"))
  }

  @Test("What a tensor was called in the file is reported with the reason")
  func renaming() throws {
    let file = try KerasFile(fixture("keras2_weights.h5"))
    let report = try file.parameters(needed: Self.keras2, known: []).report
    #expect(report.matched.count == 13)
    #expect(
      report.renamed.first
        == .init(
          source: "/depthwise/depthwise/depthwise_kernel:0", parameter: "depthwise/kernel",
          rule: "Keras 2 calls it depthwise_kernel"))
    #expect(
      report.renamed.last
        == .init(
          source: "/backbone/inner_conv/kernel:0", parameter: "inner_conv/kernel",
          rule: "inside backbone"))
  }
}
