import Foundation
import HDF5
import Importing
import KerasConverter
import Layers
import Mutations
import Tensors
import Testing

@Suite struct KerasWriterTests {
  private func parameters(_ specifications: [ParameterSpecification]) -> Parameters {
    var parameters = Parameters()
    for specification in specifications {
      parameters[specification.name] = Tensor(
        shape: specification.shape, values: numbers(of: specification))
    }
    return parameters
  }

  @Test("What is written is read back the same", arguments: KerasWriter.Precision.allCases)
  func roundTrip(precision: KerasWriter.Precision) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/out.h5"
      let needed = LayoutTests.keras2
      let writer = KerasWriter(precision: precision, attributes: [("architecture", "größer")])
      try writer.write(parameters(needed), layers: ["input"], to: path) { file in
        try file.write(Tensor(shape: [1], values: [7]), at: "optimizer/step")
      }
      let file = try KerasFile(path)
      #expect(file.form == "Keras 3.15.1 weights, legacy HDF5 layout, tensorflow")
      #expect(Set(file.weights.map(\.dataset.typeName)) == [precision.rawValue])
      let (back, report) = try file.parameters(needed: needed, known: [])
      #expect(report.renamed == [])
      for specification in needed {
        #expect(back[specification.name]?.floats == numbers(of: specification))
      }
      let content = try HDF5File(reading: path)
      #expect(try content.strings("architecture", of: "/") == ["größer"])
      #expect(try content.read("optimizer/step").floats == [7])
    }
  }

  @Test("Layers stand in the order given, and each one's tensors in Keras's")
  func order() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/out.h5"
      let shuffled = [
        parameter("bn/moving_variance", [1]), parameter("conv/bias", [1]),
        parameter("bn/beta", [1]), parameter("other/kernel", [1]), parameter("bn/gamma", [1]),
        parameter("bn/moving_mean", [1]), parameter("conv/kernel", [1]),
      ]
      try KerasWriter().write(
        parameters(shuffled), layers: ["input", "conv", "relu", "bn"], to: path)
      let file = try KerasFile(path)
      #expect(file.layers.map(\.name) == ["input", "conv", "relu", "bn", "other"])
      #expect(
        file.layers.map { $0.weights.map(\.path) } == [
          [], ["/conv/conv/kernel", "/conv/conv/bias"], [],
          [
            "/bn/bn/gamma", "/bn/bn/beta", "/bn/bn/moving_mean", "/bn/bn/moving_variance",
          ],
          ["/other/other/kernel"],
        ])
    }
  }

  @Test("A list of names too long for one attribute is spread over several, as Keras reads it")
  func longLists() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/out.h5"
      let layers = (0..<1500).map {
        "layer_with_a_long_name_\(String(repeating: "x", count: 60))_\($0)"
      }
      try KerasWriter().write(Parameters(), layers: layers, to: path)
      let file = try HDF5File(reading: path)
      #expect(try file.attributes(of: "/").contains("layer_names1"))
      #expect(try !file.hasAttribute("layer_names", of: "/"))
      #expect(try KerasFile(path).layers.map(\.name) == layers)
    }
  }

  @Test("A number too large for float16 is refused by name, and nothing is written")
  func tooLarge() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/out.h5"
      var parameters = Parameters()
      parameters["conv/kernel"] = Tensor(shape: [2], values: [1, 70000])
      #expect(
        failure { try KerasWriter(precision: .float16).write(parameters, layers: [], to: path) }
          == "\(path):conv/kernel: expected numbers up to 65504 for float16, found larger ones; "
          + "store float32")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
      try KerasWriter().write(parameters, layers: [], to: path)
    }
  }
}
