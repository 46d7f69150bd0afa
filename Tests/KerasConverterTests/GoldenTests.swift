import Foundation
import Importing
import KerasConverter
import Layers
import Tensors
import Testing
import Zoo

/// The same network's weights as Keras 3 writes them in both layouts, beside the package.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: goldens))) struct GoldenTests {
  private static let networks: [(String, any FeatureExtractor)] = [
    ("MobileNet", MobileNet(alpha: 0.25)), ("MobileNetV2", MobileNetV2(alpha: 0.35)),
  ]

  @Test("Both layouts give the same parameters, every one of them under its own name")
  func layouts() throws {
    for (name, network) in Self.networks {
      let graph = try Graph(network.stages, input: network.imageShape)
      let top = Set(try network.topParameters().map(\.name))
      let body = graph.parameters.filter { !top.contains($0.name) }
      let target = ImportTarget(graph, needed: body)
      let allowance = ImportAllowance()
      let (legacy, first) = try KerasFile("\(goldens)/\(name).h5").parameters(
        for: target, allowing: allowance)
      let (current, second) = try KerasFile("\(goldens)/\(name).weights.h5").parameters(
        for: target, allowing: allowance)
      #expect(first.matched.count == body.count)
      #expect(second.matched.count == body.count)
      for specification in body {
        #expect(legacy[specification.name]?.floats == current[specification.name]?.floats)
      }
    }
  }
}

private let goldens = variants + "/../golden"
