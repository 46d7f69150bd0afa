import Importing
import Layers
import Mutations
import Safetensors
import Tensors
import Testing

/// Files of the safetensors library's own.
@Suite struct ReadingTests {
  @Test("Every type of floating-point numbers is read; all others are described")
  func types() throws {
    let file = try SafetensorsFile(fixture("types.safetensors"))
    let tensors = Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0) })
    #expect(tensors.count == 11)
    for (name, type, shape) in [
      ("half/kernel", ElementType.float16, [2, 3]), ("bfloat16/kernel", .bfloat16, [3, 2]),
      ("float32/kernel", .float32, [1, 2, 3]), ("float64/kernel", .float64, [6]),
    ] {
      let stored = try #require(tensors[name])
      #expect(stored.elementType == type && stored.shape == shape && stored.layout == .keras)
      let tensor = try file.read(stored)
      #expect(tensor.elementType == type && tensor.shape == shape)
      #expect(tensor.floats == [-2, -1, 0, 1, 2, 3])
    }
    let single = try #require(tensors["single/value"])
    #expect(single.shape == [])
    #expect(try file.read(single).floats == [42])
    #expect(try file.read(#require(tensors["empty/kernel"])).shape == [0, 3])
    for (name, type) in [
      ("int64/count", "int64"), ("int8/kernel", "int8"), ("bool/mask", "bool"),
    ] {
      let stored = try #require(tensors[name])
      #expect(stored.elementType == nil && stored.typeName == type)
      #expect(failure { try file.read(stored) }?.contains("found \(type)") == true)
    }
  }

  @Test("Names of any characters are read, and cut into layer and variable")
  func names() throws {
    let file = try SafetensorsFile(fixture("types.safetensors"))
    let strange = "a \"quoted\\ name\nü😀"
    #expect(file.tensors.contains { $0.layer == strange && $0.variable == "kernel" })
    #expect(
      file.tensors.contains { $0.layer == "layer1.0.conv1" && $0.variable == "weight" })
  }

  @Test("The texts beside the tensors are read; one of them may name the variant")
  func metadata() throws {
    let file = try SafetensorsFile(fixture("types.safetensors"))
    #expect(file.metadata == ["variant": "slim", "text": "línea \"1\"\n\t\\ 😀"])
    #expect(file.variant == .slim)
    let other = try SafetensorsFile(fixture("float16.safetensors"))
    #expect(other.metadata == [:] && other.statedVariant == nil && other.variant == .keras)
    #expect(other.form == "safetensors")
  }

  @Test("A network's parameters are found by name")
  func parameters() throws {
    let file = try SafetensorsFile(fixture("float16.safetensors"))
    let needed = [
      ParameterSpecification(layer: "conv1", variable: "kernel", shape: [1, 2, 3, 2]),
      ParameterSpecification(layer: "conv1", variable: "bias", shape: [2]),
    ]
    let (parameters, report) = try file.parameters(needed: needed, known: needed)
    #expect(report.matched == ["conv1/kernel", "conv1/bias"] && report.renamed == [])
    #expect(parameters["conv1/kernel"]?.floats == (0..<12).map { Float($0) })
    #expect(parameters["conv1/bias"]?.floats == [0.5, -1])
  }
}
