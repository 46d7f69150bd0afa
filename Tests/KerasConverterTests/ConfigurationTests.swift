import Importing
import Testing

@testable import KerasConverter

@Suite struct ConfigurationTests {
  private func configuration(_ json: String) throws -> KerasConfiguration {
    try #require(KerasConfiguration(Array(json.utf8)))
  }

  @Test(
    "Classes are spelt as Keras spells them in files",
    arguments: [
      ("Conv2D", "conv2d"), ("PReLU", "p_re_lu"), ("ReLU", "re_lu"), ("ELU", "elu"),
      ("DepthwiseConv2D", "depthwise_conv2d"), ("BatchNormalization", "batch_normalization"),
      ("GlobalAveragePooling2D", "global_average_pooling2d"), ("LSTM", "lstm"),
      ("CustomScaleLayer", "custom_scale_layer"), ("Conv2DTranspose", "conv2d_transpose"),
      ("ConvLSTM1DCell", "conv_lst_m1d_cell"), ("V2X3", "v2_x3"), ("", ""),
      ("EfficientNetV2B0", "efficient_net_v2_b0"), ("My2DNet", "my2d_net"),
    ])
  func spelling(name: String, spelt: String) {
    #expect(snakeCase(name) == spelt)
  }

  @Test("Groups are numbered in their class, models and wrappers have theirs inside")
  func groups() throws {
    func layer(_ kind: String, _ name: String, _ more: String = "") -> String {
      "{\"class_name\": \"\(kind)\", \"config\": {\"name\": \"\(name)\"\(more)}}"
    }
    let inner = "\(layer("Conv2D", "c")), \(layer("Conv2D", "d"))"
    let json = layer(
      "Functional", "net",
      """
      , "layers": [\(layer("InputLayer", "in")), \(layer("Conv2D", "a")),
        \(layer("Functional", "body", ", \"layers\": [\(inner)]")),
        \(layer("TimeDistributed", "each", ", \"layer\": \(layer("Dense", "inner"))")),
        \(layer("Conv2D", "b"))]
      """)
    let found = try configuration(json).groups
    #expect(
      found.map(\.path) == [
        "layers/input_layer", "layers/conv2d", "layers/functional",
        "layers/functional/layers/conv2d",
        "layers/functional/layers/conv2d_1", "layers/time_distributed",
        "layers/time_distributed/layer", "layers/conv2d_1",
      ])
    #expect(found.map(\.layer.name) == ["in", "a", "body", "c", "d", "each", "inner", "b"])
    // Whose layers read which is said of flat models only.
    #expect(try configuration(json).graph == nil)
  }

  @Test("A list of layers as early versions have it is a chain")
  func chain() throws {
    let json = """
      {"class_name": "Sequential", "config": [
        {"class_name": "Convolution2D", "config": {"name": "a", "dim_ordering": "th"}},
        {"class_name": "Flatten", "config": {"name": "f"}},
        {"class_name": "Dense", "config": {"name": "d"}}]}
      """
    let found = try configuration(json)
    #expect(
      found.graph
        == LayerGraph([.init("a", reads: []), .init("f", reads: ["a"]), .init("d", reads: ["f"])]))
    #expect(found.isChannelsFirst)
    #expect(found.flattensChannelsFirst)
    #expect(
      found.classes == ["": "sequential", "a": "convolution2d", "f": "flatten", "d": "dense"])
  }

  @Test("A Flatten that knows of channels in front puts them last itself")
  func flatten() throws {
    let json = """
      {"class_name": "Sequential", "config": {"name": "s", "layers": [
        {"class_name": "Conv2D", "config": {"name": "a", "data_format": "channels_first"}},
        {"class_name": "Flatten", "config": {"name": "f", "data_format": "channels_first"}}]}}
      """
    #expect(try configuration(json).isChannelsFirst)
    #expect(try !configuration(json).flattensChannelsFirst)
  }

  @Test(
    "What a layer reads is found in every version's way of saying it",
    arguments: [
      "[[[\"a\", 0, 0, {}], [\"b\", 0, 0]]]",
      """
      [{"args": [[
        {"class_name": "__keras_tensor__", "config": {"shape": [1], "keras_history": ["a", 0, 0]}},
        {"class_name": "__keras_tensor__", "config": {"shape": [1], "keras_history": ["b", 0, 0]}}
        ]], "kwargs": {"training": false, "mask": null}}]
      """,
    ])
  func inbound(nodes: String) throws {
    let json = """
      {"class_name": "Model", "config": {"name": "m", "layers": [
        {"class_name": "InputLayer", "config": {"name": "a"}, "inbound_nodes": []},
        {"class_name": "InputLayer", "config": {"name": "b"}, "inbound_nodes": []},
        {"class_name": "Concatenate", "config": {"name": "c"}, "inbound_nodes": \(nodes)}]}}
      """
    #expect(
      try configuration(json).graph
        == LayerGraph([
          .init("a", reads: []), .init("b", reads: []),
          .init("c", reads: ["a", "b"], isOrdered: true),
        ]))
  }

  @Test(
    "What is no architecture is none, however deep", arguments: ["", "[]", "7", "{\"config\": "])
  func broken(json: String) {
    #expect(KerasConfiguration(Array(json.utf8)) == nil)
    let deep = String(repeating: "{\"config\":{\"layer\":", count: 100_000)
    #expect(KerasConfiguration(Array(deep.utf8)) == nil)
  }
}
