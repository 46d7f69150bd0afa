import Importing
import Layers
import Testing
import Zoo

@Suite struct AliasTests {
  /// What Keras called a layer of its ResNets before 2019.
  private func oldName(_ name: String) -> String {
    let fixed = ["conv1_conv": "conv1", "conv1_bn": "bn_conv1", "predictions": "fc1000"]
    if let old = fixed[name] { return old }
    // conv4_block6_2_bn
    let parts = name.split(separator: "_")
    let stage = parts[0].dropFirst(4)
    let block = Character(UnicodeScalar(0x60 + (UInt8(parts[1].dropFirst(5)) ?? 0)))
    let branch = ["0": "1", "1": "2a", "2": "2b", "3": "2c"][parts[2], default: ""]
    return "\(parts[3] == "bn" ? "bn" : "res")\(stage)\(block)_branch\(branch)"
  }

  @Test("The names of ResNet50 before 2019 lead to every layer of today")
  func oldResNet() throws {
    let network = ResNet(.fifty)
    let graph = try Graph(network.stages, input: network.imageShape)
    let file = MemoryFile(
      graph.parameters.map { parameter in
        tensor("\(oldName(parameter.layer))/\(parameter.variable)", parameter.shape)
      })
    let target = ImportTarget(graph)
    let plan = failingReport { _ = try file.parameters(for: target) }
    #expect(plan == nil)
    let report = try file.parameters(for: target).report
    #expect(report.renamed.count == graph.parameters.count)
    #expect(report.ranked == [])
    #expect(
      report.renamed.first
        == .init(
          source: "/conv1/kernel", parameter: "conv1_conv/kernel",
          rule: "the name before 2019 is conv1"))
    #expect(
      report.renamed.contains(
        .init(
          source: "/res4f_branch2c/kernel", parameter: "conv4_block6_3_conv/kernel",
          rule: "the name before 2019 is res4f_branch2c")))
    #expect(report.warnings == [])
  }

  @Test("Caffe's names of deep ResNets count blocks with b1, b2, …")
  func deepResNet() throws {
    let graph = try graph {
      Conv2D("conv4_block1_2_conv", 1, 3, bias: false)
      Conv2D("conv4_block2_2_conv", 1, 3, bias: false)
      Conv2D("conv4_block23_2_conv", 1, 3, bias: false)
    }
    let shape = [1, 1, 3, 3]
    let file = MemoryFile(kernels: [
      ("res4a_branch2b", shape), ("res4b1_branch2b", shape), ("res4b22_branch2b", shape),
    ])
    let report = try file.parameters(for: ImportTarget(graph)).report
    #expect(report.renamed.map(\.parameter) == graph.parameters.map(\.name))
  }

  @Test(
    "Keras 2's spellings of MobileNetV3 and DenseNet are today's",
    arguments: [
      ("Conv", "conv"), ("Conv/BatchNorm", "conv_bn"), ("Conv_1", "conv_1"),
      ("expanded_conv/depthwise", "expanded_conv_depthwise"),
      ("expanded_conv_10/squeeze_excite/Conv_1", "expanded_conv_10_squeeze_excite_conv_1"),
      ("expanded_conv/project/BatchNorm", "expanded_conv_project_bn"), ("Logits", "logits"),
      ("conv1/conv", "conv1_conv"), ("conv1/bn", "conv1_bn"),
    ])
  func spellings(old: String, new: String) throws {
    let graph = try graph { Conv2D(new, 1, 4, bias: false) }
    let file = MemoryFile(kernels: [(old, [1, 1, 3, 4])])
    let report = try file.parameters(for: ImportTarget(graph)).report
    #expect(
      report.renamed
        == [.init(source: "/\(old)/kernel", parameter: "\(new)/kernel", rule: "spelt \(old)")])
  }
}
