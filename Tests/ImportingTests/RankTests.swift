import Importing
import Layers
import Tensors
import Testing

/// Layers without names of their own.
@Suite struct RankTests {
  /// Two branches that Keras makes one after the other and lists interleaved: the second one's first
  /// layer, `conv2d_2`, is deeper than the first one's second.
  static func branches() throws -> Graph {
    try graph {
      Concatenate(
        "both",
        branches: [
          [Conv2D("conv2d", 1, 4, bias: false)],
          [Conv2D("conv2d_1", 1, 2, bias: false), Conv2D("conv2d_2", 3, 4, bias: false)],
        ])
    }
  }

  @Test(
    "Keras's own names count from anywhere, as the layers were made", arguments: [0, 8, 94, 9998])
  func offsets(start: Int) throws {
    let graph = try Self.branches()
    func name(_ index: Int) -> String { index == 0 ? "conv2d" : "conv2d_\(index)" }
    // In the order of a file: that of model.layers.
    let shapes = [
      (name(start + 1), [1, 1, 3, 2]), (name(start), [1, 1, 3, 4]),
      (name(start + 2), [3, 3, 2, 4]),
    ]
    let file = MemoryFile(kernels: shapes)
    let (parameters, report) = try file.parameters(for: ImportTarget(graph))
    #expect(
      sources(parameters)
        == ["conv2d/kernel": 1, "conv2d_1/kernel": 0, "conv2d_2/kernel": 2])
    #expect(report.warnings == [])
    if start == 0 {
      #expect(report.matched.count == 3)
    } else {
      #expect(report.ranked.count == 3)
      #expect(
        report.ranked.first?.rule == "layer 1 of 3 that Keras named conv2d, as they were made")
    }
  }

  @Test("10 comes after 2")
  func numerically() throws {
    let graph = try graph {
      for index in 0..<12 { Conv2D(index == 0 ? "conv2d" : "conv2d_\(index)", 1, 3, bias: false) }
    }
    let names = (0..<12).map { "conv2d_\($0 + 5)" }
    let file = MemoryFile(kernels: names.sorted().map { ($0, [1, 1, 3, 3]) })
    let (parameters, report) = try file.parameters(for: ImportTarget(graph))
    let found = sources(parameters)
    for (index, name) in graph.parameters.map(\.name).enumerated() {
      #expect(found[name] == names.sorted().firstIndex(of: names[index]))
    }
    // This file lists its layers in another order than that of the numbers.
    #expect(report.warnings.count == 1)
    #expect(report.warnings.first?.contains("the numbers counted") == true)
  }

  @Test("Keras 1's names, which match nothing, go by the order of model.layers")
  func keras1() throws {
    let graph = try graph {
      Conv2D("block1_conv1", 3, 4, bias: false)
      Residual("add") {
        SeparableConv2D("block2_sepconv1", 3, 6, bias: false)
        SeparableConv2D("block2_sepconv2", 3, 6, bias: false)
      } shortcut: {
        Conv2D("conv2d", 1, 6, bias: false)
      }
      Dense("predictions", 5)
    }
    let file = MemoryFile([
      tensor("convolution2d_1/kernel", [3, 3, 3, 4]),
      tensor("separableconvolution2d_1/depthwise_kernel", [3, 3, 4, 1]),
      tensor("separableconvolution2d_1/pointwise_kernel", [1, 1, 4, 6]),
      tensor("convolution2d_2/kernel", [1, 1, 4, 6]),
      tensor("separableconvolution2d_2/depthwise_kernel", [3, 3, 6, 1]),
      tensor("separableconvolution2d_2/pointwise_kernel", [1, 1, 6, 6]),
      tensor("dense_1/kernel", [6, 5]), tensor("dense_1/bias", [5]),
    ])
    let (parameters, report) = try file.parameters(for: ImportTarget(graph))
    #expect(sources(parameters)["block2_sepconv2/pointwise_kernel"] == 5)
    #expect(sources(parameters)["conv2d/kernel"] == 3)
    #expect(report.ranked.count == 8)
    #expect(report.warnings == [])
  }

  @Test("A classifier of other classes that is to be replaced is told by its place, and not read")
  func otherClasses() throws {
    let graph = try graph {
      Conv2D("conv", 1, 4, bias: false)
      Dense("hidden", 6, bias: false)
      Dense("dense", 5, bias: false)
    }
    let body = graph.parameters.filter { $0.layer != "dense" }
    for classes in [5, 1000] {
      let file = MemoryFile(
        kernels: [
          ("conv2d_1", [1, 1, 3, 4]), ("dense_1", [4, 6]), ("dense_2", [6, classes]),
        ])
      let (parameters, report) = try file.parameters(for: ImportTarget(graph, needed: body))
      #expect(sources(parameters) == ["conv/kernel": 0, "hidden/kernel": 1])
      #expect(report.notNeeded == ["dense/kernel"])
      #expect(report.unused == [])
    }
    // What is needed must have its shape.
    let file = MemoryFile(
      kernels: [("conv2d_1", [1, 1, 3, 4]), ("dense_1", [4, 6]), ("dense_2", [6, 1000])])
    #expect(throws: ImportError.self) { _ = try file.parameters(for: ImportTarget(graph)) }
    // And so must what the classifier reads.
    let other = MemoryFile(
      kernels: [("conv2d_1", [1, 1, 3, 4]), ("dense_1", [4, 6]), ("dense_2", [7, 1000])])
    #expect(throws: ImportError.self) {
      _ = try other.parameters(for: ImportTarget(graph, needed: body))
    }
  }

  @Test("Of a file without names each class is counted by itself")
  func unnamed() throws {
    let graph = try graph {
      Conv2D("a", 3, 4, bias: false)
      BatchNorm("a_bn", scale: false)
      DepthwiseConv2D("b", 3, bias: false)
      BatchNorm("b_bn", center: false)
      Conv2D("c", 1, 4, bias: false)
    }
    func norm(_ layer: String) -> [StoredTensor] {
      let name = "layers/\(layer)"
      return [
        tensor(
          "\(name)/beta", [4], isNamed: false, layerClass: "batch_normalization",
          otherVariables: ["gamma"]),
        tensor("\(name)/moving_mean", [4], isNamed: false, layerClass: "batch_normalization"),
        tensor("\(name)/moving_variance", [4], isNamed: false, layerClass: "batch_normalization"),
      ]
    }
    let file = MemoryFile(
      norm("batch_normalization") + norm("batch_normalization_1") + [
        tensor("layers/conv2d/kernel", [3, 3, 3, 4], isNamed: false, layerClass: "conv2d"),
        tensor("layers/conv2d_1/kernel", [1, 1, 4, 4], isNamed: false, layerClass: "conv2d"),
        tensor(
          "layers/depthwise_conv2d/kernel", [3, 3, 4, 1], isNamed: false,
          layerClass: "depthwise_conv2d"),
      ])
    let (parameters, report) = try file.parameters(for: ImportTarget(graph))
    let found = sources(parameters)
    #expect(found["a_bn/beta"] == 0)
    #expect(found["b_bn/gamma"] == 3)
    #expect(found["b_bn/moving_variance"] == 5)
    #expect(found["c/kernel"] == 7)
    #expect(found["b/kernel"] == 8)
    #expect(report.ranked.count == 9)
    // By names alone nothing of it can be had.
    let byName = failingReport {
      _ = try file.parameters(needed: graph.parameters, known: graph.parameters)
    }
    #expect(byName?.missing.count == 9)
  }

  @Test("Layers of one shape on two branches, told apart by order alone, are warned of")
  func twins() throws {
    // The first block of a ResNet: both project 4 channels to 8.
    let graph = try graph {
      Conv2D("stem", 1, 4, bias: false)
      Residual("add") {
        Conv2D("block_3", 1, 8, bias: false)
      } shortcut: {
        Conv2D("block_0", 1, 8, bias: false)
      }
      Conv2D("next", 1, 8, bias: false)
      Conv2D("last", 1, 8, bias: false)
    }
    let shapes = [[1, 1, 3, 4], [1, 1, 4, 8], [1, 1, 4, 8], [1, 1, 8, 8], [1, 1, 8, 8]]
    let file = MemoryFile(
      kernels: shapes.enumerated().map { ("conv2d_\($0 + 1)", $1) })
    let report = try file.parameters(for: ImportTarget(graph)).report
    #expect(
      report.warnings == [
        "1 layers conv2d stand beside others of their shape, and only the file's order tells them "
          + "apart: for example block_3 from block_0"
      ])
    // With their names there is nothing to warn of.
    let named = MemoryFile(
      kernels: zip(["stem", "block_3", "block_0", "next", "last"], shapes).map { ($0, $1) })
    let (parameters, whole) = try named.parameters(for: ImportTarget(graph))
    #expect(sources(parameters)["block_3/kernel"] == 1)
    #expect(whole.warnings == [])
  }

  @Test("A grouped convolution is put together of small ones that follow one another")
  func groups() throws {
    let graph = try graph([1, 4, 4, 4]) {
      Conv2D("conv2d", 1, 4, bias: false)
      Conv2D("conv2d_1", 3, 6, groups: 2, bias: false)
      Conv2D("conv2d_3", 1, 2, bias: false)
    }
    let shapes = [[1, 1, 4, 4], [3, 3, 2, 3], [3, 3, 2, 3], [1, 1, 6, 2]]
    let file = MemoryFile(
      kernels: shapes.enumerated().map { ($0 == 0 ? "conv2d" : "conv2d_\($0)", $1) })
    let (parameters, report) = try file.parameters(for: ImportTarget(graph))
    let joined = try #require(parameters["conv2d_1/kernel"])
    #expect(joined.shape == [3, 3, 2, 6])
    #expect(joined.floats == Array(repeating: [1, 1, 1, 2, 2, 2], count: 18).flatMap { $0 })
    #expect(report.ranked.count == 3)
    #expect(
      report.ranked[1].rule.hasSuffix("; 2 parts of its groups beside one another"))
    // A file that has it as one is as good.
    let whole = MemoryFile(kernels: [
      ("conv2d", [1, 1, 4, 4]), ("conv2d_1", [3, 3, 2, 6]), ("conv2d_2", [1, 1, 6, 2]),
    ])
    #expect(
      sources(try whole.parameters(for: ImportTarget(graph)).parameters)["conv2d_3/kernel"] == 2)
  }

  @Test("Layers that do not fit in any order are not paired")
  func otherShapes() throws {
    let file = MemoryFile(kernels: [
      ("conv2d_3", [1, 1, 3, 2]), ("conv2d_4", [1, 1, 3, 5]), ("conv2d_5", [3, 3, 2, 4]),
    ])
    let report = failingReport {
      _ = try file.parameters(for: ImportTarget(try Self.branches()))
    }
    #expect(report?.missing.count == 3)
    #expect(report?.unused.count == 3)
    let fewer = MemoryFile(kernels: [("conv2d_3", [1, 1, 3, 4]), ("conv2d_4", [1, 1, 3, 2])])
    let short = failingReport {
      _ = try fewer.parameters(for: ImportTarget(try Self.branches()))
    }
    #expect(short?.missing.count == 3)
  }

  @Test("What need not be in the file still counts for the order")
  func notNeeded() throws {
    let graph = try graph {
      Conv2D("conv2d", 3, 4, bias: false)
      Flatten("flatten")
      Dense("dense", 5, bias: false)
      Dense("dense_1", 5, bias: false)
    }
    let needed = graph.parameters.filter { $0.layer == "conv2d" }
    let file = MemoryFile(kernels: [("conv2d_7", [3, 3, 3, 4])])
    let (parameters, report) = try file.parameters(for: ImportTarget(graph, needed: needed))
    #expect(parameters.names == ["conv2d/kernel"])
    #expect(report.notNeeded == ["dense/kernel", "dense_1/kernel"])
  }
}
