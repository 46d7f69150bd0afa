import COneDNN
import Engine
import HDF5
import Layers
import Tensors
import Testing
import Zoo

/// Small networks of each family against Keras, at an odd size; see `Fixtures/make_goldens.py`.
@Suite struct GoldenNetworkTests {
  struct Golden: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let extractor: any FeatureExtractor
  }

  static let goldens = [
    Golden(
      testDescription: "vgg",
      extractor: VGG(
        convolutions: [2, 2, 3, 1, 2], filters: [4, 4, 8, 10, 12], units: 16, classes: 5)),
    Golden(
      testDescription: "resnet",
      extractor: ResNet(bottlenecks: [1, 2, 1, 1], widths: [4, 6, 8, 8], classes: 5)),
    Golden(testDescription: "mobilenet", extractor: MobileNet(alpha: 0.065, classes: 5)),
  ]

  @Test("Every endpoint is Keras's, all asked for at once and each alone", arguments: goldens)
  func float32(_ golden: Golden) throws {
    let file = try Fixture(golden)
    let network = try Network(
      golden.extractor.stages, parameters: file.parameters, precision: .float32)
    let all = try network(file.input, endpoints: file.endpoints)
    for (endpoint, together) in zip(file.endpoints, all) {
      let alone = try network(file.input, endpoints: [endpoint])[0]
      let expected = try file.output(endpoint)
      for map in [together, alone] {
        #expect(map.shape == expected.shape)
        // The bound of the whole project: float32 in another order of summation.
        let difference = relativeDifference(map.floats, expected.floats.map(Double.init))
        #expect(difference <= 2e-5, "\(endpoint)")
      }
    }
  }

  @Test(
    "bfloat16 is no further from Keras's float32 than 1.5 times Keras's own bfloat16",
    .enabled(if: onednn_has_bfloat16()), arguments: goldens)
  func bfloat16(_ golden: Golden) throws {
    let file = try Fixture(golden)
    let network = try Network(
      golden.extractor.stages, parameters: file.parameters, precision: .bfloat16)
    let ends = Set(try golden.extractor.featureMaps().map(\.endpoint)).intersection(file.endpoints)
    #expect(!ends.isEmpty)
    for endpoint in ends.sorted() {
      let map = try network(file.input, endpoints: [endpoint])[0]
      let difference = relativeDifference(
        map.floats, try file.output(endpoint).floats.map(Double.init))
      #expect(difference <= 1.5 * (try file.bfloat16Error(endpoint)), "\(endpoint)")
    }
  }

  /// One of the golden files.
  private struct Fixture {
    let file: HDF5File
    let input: Tensor
    let parameters: Parameters
    let endpoints: [String]

    init(_ golden: Golden) throws {
      file = try HDF5File(reading: fixture("\(golden.testDescription).h5"))
      input = try file.read("/input").converted(to: .float32)
      endpoints = try file.children(of: "/outputs")
      let graph = try Graph(golden.extractor.stages, input: input.shape)
      let shapes = Dictionary(uniqueKeysWithValues: graph.parameters.map { ($0.name, $0.shape) })
      var numbers = try file.read("/parameters").floats[...]
      var parameters = Parameters()
      for line in try file.strings("specification", of: "/") {
        let words = line.split(separator: " ")
        let (name, shape) = (String(words[0]), words.dropFirst().compactMap { Int($0) })
        try #require(shapes[name] == shape, "\(line)")
        parameters[name] = Tensor(
          shape: shape, values: Array(numbers.prefix(shape.reduce(1, *))))
        numbers = numbers.dropFirst(shape.reduce(1, *))
      }
      try #require(parameters.count == shapes.count && numbers.isEmpty)
      self.parameters = parameters
    }

    func output(_ endpoint: String) throws -> Tensor { try file.read("/outputs/\(endpoint)") }

    func bfloat16Error(_ endpoint: String) throws -> Double {
      try file.numbers("bf16_error", of: "/outputs/\(endpoint)")[0]
    }
  }
}
