import Testing

@testable import KerasConverter

@Suite struct ForgedConfigurationTests {
  /// Models within models, with a layer's inputs in as many lists.
  private func configuration(depth: Int) -> KerasConfiguration? {
    func repeated(_ text: String) -> String { String(repeating: text, count: depth) }
    let layer =
      #"{"class_name": "Dense", "config": {"name": "dense"}, "inbound_nodes": "#
      + repeated("[") + #"["input", 0, 0]"# + repeated("]") + "}"
    let model =
      repeated(#"{"class_name": "Sequential", "config": {"layers": ["#) + layer + repeated("]}}")
    return KerasConfiguration(Array(model.utf8))
  }

  /// How many models are within one another.
  private func depth(_ layer: KerasConfiguration.Layer) -> Int {
    layer.layers.first.map { 1 + depth($0) } ?? 0
  }

  @Test("Models within models are read")
  func usual() throws {
    let model = try #require(configuration(depth: 4)).model
    #expect(depth(model) == 4)
    #expect(configuration(depth: 4)?.classes["dense"] == "dense")
  }

  @Test("Text that is nested deeper than any model is not followed to its end")
  func deep() throws {
    let model = try #require(configuration(depth: 60)).model
    #expect(depth(model) < 30)
  }
}
