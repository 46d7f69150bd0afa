import COneDNN
import Engine
import Foundation
import HDF5
import Layers
import Tensors
import Testing
import Zoo

/// Every network of the catalogue at its full size, and at an odd one, against Keras; see
/// `Fixtures/make_network_goldens.py`.
@Suite(.serialized) struct NetworkGoldenTests {
  /// A network of the catalogue, and as whose implementation.
  struct Case: CustomTestStringConvertible {
    let card: BackboneCard
    let variant: Variant

    /// Also the golden's file name.
    var testDescription: String {
      variant == card.variants[0] ? card.name : "\(card.name)_\(variant.rawValue)"
    }

    var golden: String { fixture("networks/\(testDescription).h5") }

    func extractor() throws -> any FeatureExtractor {
      try card.makeExtractor(BackboneConfiguration(variant: variant))
    }

    func operations() throws -> [Layers.Operation] {
      let extractor = try extractor()
      return try Graph(extractor.stages, input: extractor.imageShape).nodes.map(\.operation)
    }
  }

  /// Every network, and each other implementation of it whose layers differ.
  ///
  /// So the catalogue says which goldens there must be. Implementations that differ in preprocessing
  /// alone compute the same.
  static var cases: [Case] {
    get throws {
      try Catalogue.cards.flatMap { card in
        let cases = card.variants.map { Case(card: card, variant: $0) }
        let usual = try cases[0].operations()
        return [cases[0]]
          + (try cases.dropFirst().filter { try $0.operations() != usual })
      }
    }
  }

  /// One too many is of a network that has left the catalogue, or of an implementation whose layers no
  /// longer differ.
  @Test("There is a golden for every case, and none besides")
  func goldens() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: fixture("networks"))
    #expect(
      try Set(Self.cases.map(\.testDescription))
        == Set(files.filter { $0.hasSuffix(".h5") }.map { String($0.dropLast(3)) }))
  }

  @Test("Every stage ends in Keras's numbers", arguments: try cases)
  func stages(_ network: Case) throws {
    let golden = try NetworkGolden(network)
    for size in golden.sizes {
      let endpoints = try golden.endpoints(at: size)
      #expect(!endpoints.isEmpty)
      let float32 = try golden.maps(endpoints, at: size, precision: .float32)
      for (endpoint, map) in zip(endpoints, float32) {
        // The bound of the whole project: float32 in another order of summation.
        #expect(
          try golden.difference(of: map, at: endpoint, size) <= 2e-5, "\(endpoint) \(size)")
        #expect(try golden.normRatio(of: map, at: endpoint, size) <= 2e-5, "\(endpoint) \(size)")
      }
      guard onednn_has_bfloat16() else { continue }
      // Without the probabilities: how far those are off depends on the few that are large.
      let ends = try endpoints.filter { try golden.isMap($0, at: size) }
      for (endpoint, map) in zip(ends, try golden.maps(ends, at: size, precision: .bfloat16)) {
        #expect(
          try golden.difference(of: map, at: endpoint, size)
            <= 1.5 * golden.bfloat16Error(endpoint, size), "\(endpoint) \(size) in bfloat16")
      }
    }
  }
}

/// What Keras computed with one network.
private struct NetworkGolden {
  let extractor: any FeatureExtractor
  /// The heights and widths of the images.
  let sizes: [[Int]]
  private let file: HDF5File
  private let parameters: Parameters

  init(_ network: NetworkGoldenTests.Case) throws {
    extractor = try network.extractor()
    file = try HDF5File(reading: network.golden)
    sizes = try file.children(of: "/outputs").map { size in
      size.split(separator: "x").compactMap { Int($0) }
    }
    let graph = try Graph(extractor.stages, input: extractor.imageShape)
    let norms = graph.nodes.filter { node in
      if case .batchNorm = node.operation { true } else { false }
    }.map(\.layer).sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
    let numbers = try file.read("/statistics").floats
    try #require(numbers.count == 2 * norms.count)
    let rows = norms.indices.map {
      (norms[$0], (mean: numbers[2 * $0], variance: numbers[2 * $0 + 1]))
    }
    parameters = SeededParameters(statistics: Dictionary(uniqueKeysWithValues: rows))
      .parameters(of: graph)
  }

  /// The ends of the stages that Keras's numbers are there for, in the order of the network.
  func endpoints(at size: [Int]) throws -> [String] {
    let known = Set(try file.children(of: group(size)))
    let graph = try Graph(extractor.stages, input: extractor.imageShape)
    return graph.layers.filter(known.contains)
  }

  func isMap(_ endpoint: String, at size: [Int]) throws -> Bool {
    let graph = try Graph(extractor.stages, input: [1] + size + [3], endpoints: [endpoint])
    return graph[graph.output].shape.count == 4
  }

  func maps(_ endpoints: [String], at size: [Int], precision: Precision) throws -> [Tensor] {
    let shape = [1] + size + [3]
    // What comes after the last endpoint may not fit a map of this size.
    let graph = try Graph(extractor.stages, input: shape, endpoints: endpoints)
    var needed = Parameters()
    for specification in graph.parameters {
      needed[specification.name] = parameters[specification.name]
    }
    let numbers = SeededNumbers("input")
    let isRaw = extractor.preprocessing == .unscaled(imageSide: extractor.preprocessing.imageSide)
    let input = Tensor(
      shape: shape,
      values: (0..<shape.reduce(1, *)).map { isRaw ? 255 * numbers[$0] : 2 * numbers[$0] - 1 })
    return try Network(extractor.stages, parameters: needed, precision: precision)(
      input, endpoints: endpoints)
  }

  /// How far a map's numbers are from Keras's, as a share.
  func difference(of map: Tensor, at endpoint: String, _ size: [Int]) throws -> Double {
    let expected = try file.read("\(group(size))/\(endpoint)").floats.map(Double.init)
    let values = map.floats
    let places = SeededNumbers(endpoint)
    let some =
      values.count <= expected.count
      ? values : expected.indices.map { values[Int(Double(places[$0]) * Double(values.count))] }
    return relativeDifference(some, expected)
  }

  /// How far the root of a map's sum of squares is from Keras's, as a share.
  func normRatio(of map: Tensor, at endpoint: String, _ size: [Int]) throws -> Double {
    let expected = try file.numbers("norm", of: "\(group(size))/\(endpoint)")[0]
    let norm = map.floats.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    return abs(norm - expected) / expected
  }

  func bfloat16Error(_ endpoint: String, _ size: [Int]) throws -> Double {
    try file.numbers("bf16_error", of: "\(group(size))/\(endpoint)")[0]
  }

  private func group(_ size: [Int]) -> String { "/outputs/\(size[0])x\(size[1])" }
}
