import Engine
import Importing
import Layers
import PyTorchConverter
import Safetensors
import Tensors
import Testing
import Zoo

/// Narrow networks of torchvision's, computed here from the checkpoint that PyTorch saved; see
/// `Fixtures/make_outputs.py`.
///
/// Names and shapes say nothing of where a stage strides, on which sides a convolution pads, and
/// what ε is.
@Suite struct OutputTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let extractor: any FeatureExtractor
    /// How many outputs there are.
    let count: Int
  }

  static let cases = [
    Case(
      testDescription: "resnet_basic",
      extractor: ResNet(
        .basic, blocks: [2, 1, 1, 1], widths: [2, 4, 5, 6], variant: .torchvision, classes: 5),
      count: 7),
    Case(
      testDescription: "resnet_bottleneck",
      extractor: ResNet(
        .bottleneck, blocks: [2, 1, 1, 1], widths: [2, 3, 3, 4], variant: .torchvision,
        classes: 5), count: 7),
    Case(
      testDescription: "vgg",
      extractor: VGG(
        convolutions: [1, 1, 2, 1, 1], filters: [2, 3, 4, 5, 3], units: 8,
        variant: .torchvision, classes: 5), count: 7),
    Case(
      testDescription: "mobilenet_v2",
      extractor: MobileNetV2(alpha: 1.0 / 32, variant: .torchvision, classes: 5), count: 4),
    Case(
      testDescription: "mobilenet_v3_large",
      extractor: MobileNetV3(.large, alpha: 1.0 / 32, variant: .torchvision, classes: 5), count: 4),
    Case(
      testDescription: "mobilenet_v3_small",
      extractor: MobileNetV3(.small, alpha: 1.0 / 32, variant: .torchvision, classes: 5), count: 6),
  ]

  @Test("Every map is PyTorch's, at an odd size and an even one", arguments: cases)
  func outputs(_ network: Case) throws {
    let file = try PyTorchFile(fixture("\(network.testDescription)_outputs.pth"))
    let golden = try SafetensorsFile(
      fixture("\(network.testDescription)_outputs.safetensors"))
    #expect(file.variant == .torchvision && golden.tensors.count == network.count)
    for (size, maps) in Dictionary(grouping: golden.tensors, by: \.layer) {
      let input = input(of: size)
      let endpoints = maps.map(\.variable)
      let graph = try Graph(
        network.extractor.stages, input: input.shape, endpoints: endpoints)
      let (parameters, report) = try file.parameters(
        needed: graph.parameters(neededFor: endpoints), known: network.extractor.parameters())
      #expect(report.unused == [])
      let running = try Network(
        network.extractor.stages, parameters: parameters, precision: .float32)
      for (map, stored) in zip(try running(input, endpoints: endpoints), maps) {
        let expected = try golden.read(stored)
        #expect(map.shape == expected.shape)
        let difference = relativeDifference(map.floats, expected.floats)
        #expect(difference <= 2e-5, "\(stored.name)")
      }
    }
  }

  @Test("The same numbers in Keras's network of the same names and shapes give other maps")
  func otherVariant() throws {
    let extractor = MobileNetV2(alpha: 1.0 / 32, variant: .keras, classes: 5)
    let endpoint = "block_6_expand_relu"
    let golden = try SafetensorsFile(fixture("mobilenet_v2_outputs.safetensors"))
    let stored = try #require(golden.tensors.first { $0.name == "64x64/\(endpoint)" })
    let input = input(of: "64x64")
    let graph = try Graph(extractor.stages, input: input.shape, endpoints: [endpoint])
    let parameters = try PyTorchFile(fixture("mobilenet_v2_outputs.pth")).parameters(
      needed: graph.parameters(neededFor: [endpoint]), known: extractor.parameters()
    ).parameters
    let network = try Network(extractor.stages, parameters: parameters, precision: .float32)
    let map = try network(input, endpoints: [endpoint])[0]
    let expected = try golden.read(stored)
    #expect(map.shape == expected.shape)
    #expect(relativeDifference(map.floats, expected.floats) > 0.01)
  }

  /// The input that the script makes for a size such as `37x45`.
  private func input(of size: String) -> Tensor {
    let extents = size.split(separator: "x").compactMap { Int($0) }
    let count = extents.reduce(3, *)
    return Tensor(
      shape: [1] + extents + [3], values: (0..<count).map { Float(37 * $0 % 101 - 50) / 50 })
  }

  /// ‖a − b‖ / ‖b‖.
  private func relativeDifference(_ a: [Float], _ b: [Float]) -> Double {
    let (difference, size) = zip(a, b).reduce((0.0, 0.0)) { sums, pair in
      let (a, b) = (Double(pair.0), Double(pair.1))
      return (sums.0 + (a - b) * (a - b), sums.1 + b * b)
    }
    return (difference / size).squareRoot()
  }
}
