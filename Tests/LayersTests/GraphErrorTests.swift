import Layers
import Testing

/// Every way that layers cannot fit, and what is said about it.
@Suite struct GraphErrorTests {
  @Test(
    "An input of another rank, of no extent or beyond any memory is refused",
    arguments: [
      [], [1], [1, 2, 3], [1, 2, 3, 4, 5], [0, 2], [1, 0, 2, 3], [1, -1, 2, 3],
      [.max, .max, .max, .max], [1, .max, 1, 1], [1, 1 << 20, 1 << 20, 3],
    ])
  func input(shape: [Int]) {
    let error = #expect(throws: GraphError.self) { try Graph(input: shape) }
    #expect(error?.layer == "input")
    #expect(error?.reason.contains("found \(shape)") == true)
  }

  @Test("The largest input that is taken overflows nothing")
  func largest() throws {
    let stages = [
      Stage("s") {
        Conv2D("conv", 3, 512)
        Flatten()
        Dense("fc", 4096)
      }
    ]
    let graph = try Graph(stages, input: [1, 1 << 15, 1 << 15, 4])
    #expect(graph.parameters[2].count == 1 << (15 + 15 + 9 + 12))
  }

  @Test(
    "A layer that does not fit says what it expected and what it found",
    arguments: [
      (
        Misfit([1, 4]) { Conv2D("l", 3, 2) },
        "expected [N, H, W, C], found [1, 4]"
      ),
      (
        Misfit([1, 4]) { MaxPool("l", 2, stride: 2) },
        "expected [N, H, W, C], found [1, 4]"
      ),
      (
        Misfit([1, 4]) { DepthwiseConv2D("l", 3) },
        "expected [N, H, W, C], found [1, 4]"
      ),
      (
        Misfit([1, 4]) { GlobalAveragePool("l") },
        "expected [N, H, W, C], found [1, 4]"
      ),
      (
        Misfit([1, 4]) { ZeroPad("l", before: 1, after: 1) },
        "expected [N, H, W, C], found [1, 4]"
      ),
      (
        Misfit([1, 4, 5, 1]) { MaxPool("l", 5, stride: 1) },
        "a window of 5×5 cells does not fit a map of 4×5; use a larger image"
      ),
      (
        Misfit([1, 4, 4, 1]) { Conv2D("l", 3, 1, padding: .valid, dilation: 2) },
        "a window of 3×3 cells, dilated by 2, does not fit a map of 4×4; use a larger image"
      ),
      (
        Misfit([1, 4, 4, 6]) { Conv2D("l", 3, 8, groups: 4) },
        "expected groups that divide 6 channels and 8 filters, found 4"
      ),
      (
        Misfit([1, 4, 4, 8]) { Conv2D("l", 3, 6, groups: 4) },
        "expected groups that divide 8 channels and 6 filters, found 4"
      ),
      (
        Misfit([1, 4, 4, 8]) { Conv2D("l", 3, 6, groups: 0) },
        "expected groups that divide 8 channels and 6 filters, found 0"
      ),
      (Misfit([1, 4, 4, 8]) { Conv2D("l", 3, 0) }, "expected at least 1 filter, found 0"),
      (
        Misfit([1, 4, 4, 8]) { DepthwiseConv2D("l", 3, multiplier: 0) },
        "expected at least 1 filter a channel, found 0"
      ),
      (Misfit([1, 4]) { Dense("l", -1) }, "expected at least 1 unit, found -1"),
      (
        Misfit([1, 4, 4, 8]) { Conv2D("l", 3, 2, stride: 0) },
        "expected a window's size, stride and dilation to be at least 1, found 3×3, 0 and 1"
      ),
      (
        Misfit([1, 4, 4, 8]) { MaxPool("l", Extent(0, 2), stride: 2) },
        "expected a window's size, stride and dilation to be at least 1, found 0×2, 2 and 1"
      ),
      (
        Misfit([1, 4, 4, 8]) { DepthwiseConv2D("l", 3, dilation: -1) },
        "expected a window's size, stride and dilation to be at least 1, found 3×3, 1 and -1"
      ),
      (
        Misfit([1, 4, 4, 8]) { ZeroPad("l", before: -1, after: 2) },
        "expected margins of at least 0, found -1, -1, 2, 2 from the top on anticlockwise"
      ),
      (
        Misfit([1, 4, 4, 8]) { Dropout("l", rate: 1) },
        "expected a rate from 0 to below 1, found 1.0"
      ),
      (
        Misfit([1, 4, 4, 2]) { Residual("l") { Conv2D("c", 3, 2, stride: 2) } },
        "expected maps of one shape to add, found [[1, 4, 4, 2], [1, 2, 2, 2]]"
      ),
      (
        Misfit([1, 4, 4, 2]) { Concatenate("l", branches: [[], [Conv2D("c", 3, 2, stride: 2)]]) },
        "expected maps that differ in channels only, found [[1, 4, 4, 2], [1, 2, 2, 2]]"
      ),
      (Misfit([1, 4, 4, 2]) { Concatenate("l", branches: []) }, "has no input"),
    ])
  func misfit(misfit: Misfit, reason: String) {
    let error = #expect(throws: GraphError.self) {
      try Graph([Stage("s") { misfit.layer }], input: misfit.input)
    }
    #expect(error?.description == "layer l: \(reason)")
  }
}

/// A layer and an input that it cannot take.
struct Misfit: Sendable {
  let input: [Int]
  let layer: any Layer

  init(_ input: [Int], _ layer: () -> any Layer) {
    (self.input, self.layer) = (input, layer())
  }
}
