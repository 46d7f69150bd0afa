import Foundation
import HDF5
import Importing
import KerasConverter
import Layers
import Mutations
import Tensors
import Testing

/// The main forms, each in a file of this target: see make_fixtures.py.
@Suite struct FormTests {
  static let head = [parameter("predictions/kernel", [3, 5]), parameter("predictions/bias", [5])]

  private func check(_ parameters: Parameters, _ needed: [ParameterSpecification]) throws {
    for specification in needed {
      let tensor = try #require(parameters[specification.name])
      #expect(tensor.floats == numbers(of: specification), "\(specification.name)")
    }
  }

  @Test(
    "Keras 3's forms import by the names of the layers",
    arguments: [
      ("keras3.weights.h5", "Keras weights, Keras 3 HDF5 layout"),
      ("keras3.keras", "Keras 3.15.1 whole model, archive (.keras)"),
      ("keras3_parts.weights.json", "Keras weights, Keras 3 layout in 2 parts"),
    ])
  func keras3(file: String, form: String) throws {
    let needed = LayoutTests.body + Self.head
    let file = try KerasFile(fixture(file))
    let (parameters, report) = try file.parameters(needed: needed, known: [])
    #expect(report.form == form)
    #expect(report.warnings == [])
    try check(parameters, needed)
  }

  @Test("Without names, as Keras 2.12 wrote it, layers are found by their rank in their class")
  func unnamed() throws {
    let needed = LayoutTests.body + Self.head
    let graph = try Graph(
      [
        Stage("s") {
          Conv2D("conv", 3, 4, padding: .valid, bias: false)
          BatchNorm("bn")
          ReLU("relu")
          DepthwiseConv2D("depthwise", 3, padding: .valid)
          BatchNorm("bn_plain", scale: false)
          SeparableConv2D("separable", 1, 3)
          GlobalAveragePool("pool")
          Dense("predictions", 5)
        }
      ], input: [1, 8, 8, 3])
    #expect(Set(graph.parameters) == Set(needed))
    let file = try KerasFile(fixture("keras3_unnamed.weights.h5"))
    let (parameters, report) = try file.parameters(for: ImportTarget(graph))
    try check(parameters, needed)
    #expect(report.ranked.count == needed.count)
    #expect(
      report.ranked.first
        == .init(
          source: "/_layer_checkpoint_dependencies/conv2d/vars/0", parameter: "conv/kernel",
          rule: "layer 1 of 1 conv2d left, in the order of model.layers"))
  }

  static let old = Stage("s") {
    Conv2D("conv", 3, 4)
    BatchNorm("bn")
    Flatten("flatten_1")
    Dense("fc", 2)
  }

  @Test("Theano's kernels are turned and mirrored, its rows put in order, and the report says so")
  func theano() throws {
    let graph = try Graph([Self.old], input: [1, 2, 2, 3])
    let file = try KerasFile(fixture("keras1_theano.h5"))
    #expect(file.form == "Keras 1 weights, legacy HDF5 layout, theano")
    let (parameters, report) = try file.parameters(for: ImportTarget(graph))
    try check(parameters, graph.parameters)
    #expect(
      report.renamed.first
        == .init(
          source: "/conv/conv_W", parameter: "conv/kernel",
          rule:
            "Keras 1 calls it conv_W; transposed from [out, in, height, width]; mirrored, as Theano "
            + "convolves"))
    #expect(
      report.renamed.first { $0.parameter == "fc/kernel" }?.rule
        == "Keras 1 calls it fc_W; rows from channels × height × width")
    #expect(
      report.warnings == [
        "kernels are transposed from [out, in, height, width], and are mirrored along both sides, "
          + "because Theano convolves with them so",
        "the network's maps were channels × height × width, so the rows of a matrix after flattening "
          + "are put into the order height × width × channels",
      ])
  }

  @Test("Keras 2 on Theano has today's order, mirrored, but for what it turned itself")
  func keras2OnTheano() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/weights.h5"
      let conv = parameter("conv/kernel", [3, 3, 4, 4])
      let depthwise = parameter("depthwise/kernel", [3, 3, 4, 1])
      try HDF5File.write(to: path) { file in
        try file.setAttribute("layer_names", of: "/", to: ["conv", "depthwise"])
        try file.setAttribute("backend", of: "/", to: "theano")
        try file.setAttribute("keras_version", of: "/", to: "2.1.3")
        for (parameter, name) in [(conv, "kernel"), (depthwise, "depthwise_kernel")] {
          let layer = parameter.layer
          try file.write(
            Tensor(shape: parameter.shape, values: numbers(of: parameter)),
            at: "\(layer)/\(layer)/\(name)")
          try file.setAttribute("weight_names", of: layer, to: ["\(layer)/\(name)"])
        }
      }
      let file = try KerasFile(path)
      #expect(file.form == "Keras 2.1.3 weights, legacy HDF5 layout, theano")
      let (parameters, report) = try file.parameters(needed: [conv, depthwise], known: [])
      #expect(parameters["depthwise/kernel"]?.floats == numbers(of: depthwise))
      let (kernel, stored) = (try #require(parameters["conv/kernel"]).floats, numbers(of: conv))
      for cell in 0..<9 {
        #expect(
          kernel[(cell * 16)..<(cell * 16 + 16)] == stored[((8 - cell) * 16)..<((9 - cell) * 16)])
      }
      #expect(
        report.warnings == [
          "kernels are mirrored along both sides, because Theano convolves with them so"
        ])
    }
  }

  @Test("Keras before 1 has no names: its layers are found by their order")
  func keras0() throws {
    let graph = try Graph([Self.old], input: [1, 2, 2, 3])
    let file = try KerasFile(fixture("keras0.h5"))
    #expect(file.form == "Keras 0 weights, numbered HDF5 layout, theano")
    let (parameters, report) = try file.parameters(for: ImportTarget(graph))
    try check(parameters, graph.parameters)
    #expect(report.ranked.count == graph.parameters.count)
    #expect(report.warnings.count == 2)
  }

  @Test("A part that the index names and that is not there is named")
  func missingPart() throws {
    try withTemporaryFolder { folder in
      let index = "{\"weight_map\": {\"/layers/conv2d/vars\": \"x_00000.weights.h5\"}}"
      try write(Array(index.utf8), to: "\(folder)/x.weights.json")
      #expect(
        failure { try KerasFile("\(folder)/x.weights.json") }
          == "\(folder)/x.weights.json: expected x_00000.weights.h5 beside it, found no such file; "
          + "copy all the parts")
      let outside = "{\"weight_map\": {\"/layers/conv2d/vars\": [\"../x.weights.h5\"]}}"
      try write(Array(outside.utf8), to: "\(folder)/y.weights.json")
      #expect(
        failure { try KerasFile("\(folder)/y.weights.json") }?
          .contains("is no name of a file beside the index") == true)
    }
  }

  @Test("A part that does not hold what the index says is refused")
  func wrongPart() throws {
    try withTemporaryFolder { folder in
      try FileManager.default.copyItem(
        atPath: fixture("keras3.weights.h5"), toPath: "\(folder)/x_00000.weights.h5")
      let index =
        "{\"weight_map\": {\"/layers/conv2d/vars\": \"x_00000.weights.h5\", "
        + "\"/layers/conv2d_7/vars\": [\"x_00000.weights.h5\"]}}"
      try write(Array(index.utf8), to: "\(folder)/x.weights.json")
      #expect(
        failure { try KerasFile("\(folder)/x.weights.json") }?
          .contains("/layers/conv2d_7/vars: is not in x_00000.weights.h5") == true)
    }
  }

  @Test("Archives of other makes are refused with the reason")
  func otherArchives() {
    #expect(
      failure { try KerasFile(fixture("npz.keras")) }
        == "\(fixture("npz.keras")): is a Keras archive with its weights as .npz, which is not read; "
        + "load it in Keras and write it with model.save('x.keras')")
    #expect(
      failure { try KerasFile(fixture("deflated.keras")) }
        == "\(fixture("deflated.keras")): is an archive in which config.json is compressed, which is "
        + "not read; Keras stores its members as they are: unpack it and pack it again with zip -0")
  }

  @Test("Groups that contain themselves are refused")
  func circle() throws {
    let error = failure { try KerasFile(fixture("circle.h5")) }
    #expect(error?.contains("has groups within groups without end") == true, "\(error ?? "")")
  }

  @Test("A compressed archive, one without weights and one that is cut are refused with the reason")
  func archives() throws {
    let archive = try bytes(of: fixture("keras3.keras"))
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.keras"
      try write(archive.dropLast(40), to: path)
      #expect(failure { try KerasFile(path) }?.contains("the file is damaged") == true)

      // The method of every member in the directory at the end.
      var packed = archive
      for index in archive.indices.dropLast(4)
      where archive[index..<(index + 4)].elementsEqual([0x50, 0x4B, 1, 2]) {
        packed[index + 10] = 8
      }
      try write(packed, to: path)
      #expect(
        failure { try KerasFile(path) }?.contains("an archive in which config.json is compressed")
          == true)

      try write(
        archive.replacing(Array("model.weights.h5".utf8), with: Array("model.weights.h6".utf8)),
        to: path)
      #expect(
        failure { try KerasFile(path) }?.contains(
          "found a zip archive of metadata.json, config.json")
          == true)
    }
  }
}
