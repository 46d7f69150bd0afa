import Engine
import Layers
import Tensors
import Testing

@Suite struct NetworkTests {
  @Test("Random networks give what plain loops give, at every endpoint", arguments: 0..<120)
  func randomNetworks(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed) + 1000)
    let shape = [1 + seed % 3, 5 + seed % 9, 6 + seed % 7, [3, 4, 16][seed % 3]]
    let random = RandomNetwork(
      seed: UInt64(seed), channels: shape[3], side: min(shape[1], shape[2]), length: 1 + seed % 7)
    let stages = [Stage("random") { random.layers }]
    let graph = try Graph(stages, input: shape)
    let parameters = graph.randomParameters(using: &generator)
    let input = Tensor.random(shape, using: &generator)
    let expected = ReferenceInterpreter(graph: graph, parameters: parameters).outputs(for: input)
    let network = try Network(stages, parameters: parameters, precision: .float32)

    // Each set of endpoints forbids other fusions.
    var sets = [[String](), graph.layers]
    for _ in 0..<3 { sets.append([graph.layers.randomElement(using: &generator) ?? ""]) }
    for endpoints in sets {
      let outputs = try network(input, endpoints: endpoints)
      let names = endpoints.isEmpty ? [graph.layers[graph.layers.count - 1]] : endpoints
      for (name, output) in zip(names, outputs) {
        let value = try #require(graph.output(of: name))
        #expect(output.shape == graph[value].shape)
        let difference = relativeDifference(output.floats, expected[value.index])
        #expect(difference <= 2e-6, "\(name) among \(endpoints), of \(graph.layers)")
      }
    }
  }
}

/// ‖a − b‖ / ‖b‖.
func relativeDifference(_ values: [Float], _ expected: [Double]) -> Double {
  guard values.count == expected.count else { return .infinity }
  var (difference, norm) = (0.0, 0.0)
  for (value, expected) in zip(values, expected) {
    difference += (Double(value) - expected) * (Double(value) - expected)
    norm += expected * expected
  }
  return difference == 0 ? 0 : (difference / norm).squareRoot()
}
