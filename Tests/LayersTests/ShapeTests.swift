import Layers
import Testing

/// Output extents against counting the positions of a window one by one.
@Suite struct ShapeTests {
  @Test("A window has as many positions as can be counted", arguments: [Padding.valid, .same])
  func windows(padding: Padding) throws {
    for extent in 1...9 {
      for size in 1...5 {
        for stride in 1...3 {
          for dilation in 1...3 {
            let stage = Stage("s") {
              Conv2D(
                "conv", Extent(size, 1), 2, stride: stride, padding: padding, dilation: dilation)
            }
            let expected = positions(
              extent: extent, size: size, stride: stride, dilation: dilation, padding: padding)
            guard expected > 0 else {
              #expect(throws: GraphError.self) { try Graph([stage], input: [1, extent, 4, 1]) }
              continue
            }
            let graph = try Graph([stage], input: [1, extent, 4, 1])
            #expect(graph[graph.output].shape == [1, expected, (4 + stride - 1) / stride, 2])
          }
        }
      }
    }
  }

  /// What TensorFlow documents: ⌈extent / stride⌉ positions; the first one reaches over the edge by
  /// half, rounded down, of what all together need beyond the map.
  @Test("Padding that keeps the extent puts an odd cell at the end")
  func samePadding() throws {
    for extent in 1...9 {
      for size in 1...5 {
        for stride in 1...3 {
          for dilation in 1...2 {
            let graph = try Graph(
              [
                Stage("s") {
                  DepthwiseConv2D("dw", Extent(size, 1), stride: stride, dilation: dilation)
                }
              ], input: [1, extent, 1, 1])
            guard case .depthwiseConvolution(let window, _, _) = graph.nodes[1].operation else {
              Issue.record("no convolution")
              return
            }
            let reach = (size - 1) * dilation + 1
            let last = (((extent + stride - 1) / stride) - 1) * stride + reach
            let total = max(0, last - extent)
            #expect(window.margins.top + window.margins.bottom == total)
            #expect(window.margins.bottom - window.margins.top == total % 2)
            #expect(window.margins.left == 0 && window.margins.right == 0)
          }
        }
      }
    }
  }

  @Test(
    "Poolings have the extents of a convolution of their size", arguments: [Padding.valid, .same])
  func poolings(padding: Padding) throws {
    for extent in 3...8 {
      for stride in 1...3 {
        let shapes = try [
          MaxPool("layer", 3, stride: stride, padding: padding) as any Layer,
          AveragePool("layer", 3, stride: stride, padding: padding),
          Conv2D("layer", 3, 4, stride: stride, padding: padding),
          DepthwiseConv2D("layer", 3, stride: stride, padding: padding),
        ].map { try shape(of: [$0], input: [2, extent, 5, 4]) }
        #expect(Set(shapes).count == 1)
        #expect(shapes[0][0] == 2 && shapes[0][3] == 4)
      }
    }
  }

  @Test("Layers without a window have the shapes that their words say")
  func others() throws {
    let map = [2, 5, 7, 3]
    #expect(try shape(of: [ZeroPad("l", before: 1, after: 2)], input: map) == [2, 8, 10, 3])
    #expect(try shape(of: [Flatten()], input: map) == [2, 105])
    #expect(try shape(of: [Flatten()], input: [2, 3]) == [2, 3])
    #expect(try shape(of: [GlobalAveragePool("l")], input: map) == [2, 3])
    #expect(try shape(of: [GlobalAveragePool("l", keepsRank: true)], input: map) == [2, 1, 1, 3])
    #expect(try shape(of: [GlobalMaxPool("l")], input: map) == [2, 3])
    #expect(try shape(of: [Dense("l", 9)], input: [2, 3]) == [2, 9])
    #expect(try shape(of: [Dense("l", 9)], input: map) == [2, 5, 7, 9])
    #expect(try shape(of: [DepthwiseConv2D("l", 3, multiplier: 4)], input: map) == [2, 5, 7, 12])
    for layer: any Layer in [
      BatchNorm("l"), ReLU("l"), ReLU("l", limit: .six), ActivationLayer("l", .softmax),
      Dropout("l", rate: 0.5),
    ] {
      #expect(try shape(of: [layer], input: map) == map)
      #expect(try shape(of: [layer], input: [2, 3]) == [2, 3])
    }
    #expect(try shape(of: [], input: map) == map)
  }

  @Test("Branches lie beside one another, sums keep their shape")
  func composites() throws {
    let branches: [[any Layer]] = [[Conv2D("a", 1, 2)], [Conv2D("b", 3, 5)], []]
    #expect(
      try shape(of: [Concatenate("l", branches: branches)], input: [1, 4, 4, 3]) == [1, 4, 4, 10])
    let residual = Residual("l") {
      Conv2D("a", 3, 6, stride: 2)
    } shortcut: {
      Conv2D("b", 1, 6, stride: 2)
    }
    #expect(try shape(of: [residual], input: [1, 5, 5, 3]) == [1, 3, 3, 6])
  }

  @Test("Strides multiply along the layers, branches and sums included")
  func strides() throws {
    let graph = try Graph(
      [
        Stage("s") {
          Conv2D("conv", 3, 4, stride: 2)
          Residual("add") {
            Conv2D("body", 3, 4, stride: 3)
          } shortcut: {
            MaxPool("shortcut", 1, stride: 3)
          }
          ReLU("relu")
          AveragePool("pool", 2, stride: 2)
        }
      ], input: [1, 36, 36, 3])
    let strides = graph.nodes.map { "\($0.layer) \($0.stride)" }
    #expect(
      strides == [
        "input 1", "conv 2", "shortcut 6", "body 6", "add 6", "relu 6", "pool 12",
      ])
  }

  private func shape(of layers: [any Layer], input: [Int]) throws -> [Int] {
    let graph = try Graph([Stage("s") { layers }], input: input)
    return graph[graph.output].shape
  }

  /// Counts the positions whose cells all lie on the map, or with `same` on the map and its padding.
  private func positions(
    extent: Int, size: Int, stride: Int, dilation: Int, padding: Padding
  ) -> Int {
    switch padding {
    case .valid:
      (0..<extent).count { start in
        start % stride == 0 && (0..<size).allSatisfy { start + $0 * dilation < extent }
      }
    case .same: (0..<extent).count { $0 % stride == 0 }
    case .symmetric(let cells):
      positions(
        extent: extent + 2 * cells, size: size, stride: stride, dilation: dilation,
        padding: .valid)
    }
  }
}
