import Importing
import KerasConverter
import Layers
import Tensors
import Testing

@Suite struct ArchitectureTests {
  @Test(
    "Layers of one shape that Keras named are told apart by the architecture in the file",
    arguments: ["keras3_auto.h5", "keras3_auto.keras", "keras2_auto.h5"])
  func places(file: String) throws {
    let stage = Stage("s") {
      Conv2D("stem", 3, 4, bias: false)
      Residual("add") {
        Conv2D("a", 1, 4, bias: false)
        ReLU("relu")
        Conv2D("b", 1, 8, bias: false)
      } shortcut: {
        Conv2D("side", 1, 8, bias: false)
      }
      Concatenate(
        "both",
        branches: [[Conv2D("left", 1, 4, bias: false)], [Conv2D("right", 1, 4, bias: false)]])
      Conv2D("last", 1, 8, bias: false)
      GlobalAveragePool("pool")
    }
    let graph = try Graph([stage], input: [1, 8, 8, 3])
    let (parameters, report) = try KerasFile(fixture(file)).parameters(for: ImportTarget(graph))
    for parameter in graph.parameters {
      #expect(parameters[parameter.name]?.floats == numbers(of: parameter), "\(parameter)")
    }
    #expect(report.ranked.count == 7)
    #expect(report.ranked.allSatisfy { $0.rule.hasPrefix("the same place") })
    #expect(report.warnings == [])
  }
}
