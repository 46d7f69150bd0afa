import Layers
import Testing

@Suite struct NearestNamesTests {
  private let names = ["block1_conv1", "block1_conv2", "block1_pool", "fc1", "fc2", "predictions"]

  @Test("The names that need the fewest changes come first, equal ones in their order")
  func order() {
    #expect(names.nearest(to: "fc") == ["fc1", "fc2", "block1_pool"])
    #expect(names.nearest(to: "block1_conv", count: 2) == ["block1_conv1", "block1_conv2"])
    #expect(names.nearest(to: "prediction", count: 1) == ["predictions"])
    #expect(names.nearest(to: "fc2", count: 1) == ["fc2"])
  }

  @Test("There are as many names as asked for, or all there are")
  func count() {
    #expect(names.nearest(to: "", count: 0).isEmpty)
    #expect(names.nearest(to: "x", count: 100).count == names.count)
    #expect([String]().nearest(to: "x").isEmpty)
  }

  @Test("Empty names and names of other alphabets have neighbours too")
  func oddNames() {
    #expect(["", "é"].nearest(to: "", count: 1) == [""])
    #expect(["層", "a"].nearest(to: "層1", count: 1) == ["層"])
  }
}
