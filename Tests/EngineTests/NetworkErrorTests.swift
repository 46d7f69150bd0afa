import COneDNN
import Engine
import Layers
import Tensors
import Testing

@Suite struct NetworkErrorTests {
  private let stages = [Stage("stage") { Conv2D("conv", 3, 4, bias: false) }]
  private let input = Tensor(zeros: [1, 5, 5, 3])

  private func parameters(shape: [Int]) -> Parameters {
    var parameters = Parameters()
    parameters["conv/kernel"] = Tensor(zeros: shape)
    return parameters
  }

  @Test("A missing parameter is named")
  func missingParameter() throws {
    let network = try Network(stages, parameters: Parameters(), precision: .float32)
    #expect(throws: EngineError.missingParameter("conv/kernel")) { try network(input) }
  }

  @Test("A parameter of another shape is named with both shapes")
  func parameterShape() throws {
    let network = try Network(
      stages, parameters: parameters(shape: [3, 3, 3, 5]), precision: .float32)
    #expect(
      throws: EngineError.parameterShape(
        name: "conv/kernel", expected: [3, 3, 3, 4], found: [3, 3, 3, 5])
    ) { try network(input) }
  }

  @Test("A plan refuses input of another shape or type")
  func otherInput() throws {
    let network = try Network(
      stages, parameters: parameters(shape: [3, 3, 3, 4]), precision: .float32)
    let plan = try network.plan(for: [1, 5, 5, 3])
    for tensor in [Tensor(zeros: [1, 5, 6, 3]), input.converted(to: .float16)] {
      #expect(throws: EngineError.self) { try plan(tensor) }
    }
  }

  @Test("An endpoint that is no layer is answered with the nearest names")
  func endpoint() throws {
    let network = try Network(
      stages, parameters: parameters(shape: [3, 3, 3, 4]), precision: .float32)
    let error = #expect(throws: GraphError.self) { try network(input, endpoints: ["cnv"]) }
    #expect(error?.description.contains("conv") == true)
  }

  @Test(
    "Without hardware for it bfloat16 is refused, not emulated",
    .enabled(if: !onednn_has_bfloat16()))
  func precision() {
    let error = #expect(throws: EngineError.self) {
      try Network(stages, parameters: Parameters(), precision: .bfloat16)
    }
    #expect(error?.description.contains("--precision f32") == true)
  }
}
