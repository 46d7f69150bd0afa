import Engine
import HDF5
import Layers
import Tensors
import Testing

/// Torchvision's numbers; `Fixtures/make_region_goldens.py` says what is in the file.
@Suite struct RegionGoldenTests {
  private let file: HDF5File
  private let features: Tensor
  private let upstream: Tensor
  private let regions: [Region]

  init() throws {
    file = try HDF5File(reading: fixture("regions.h5"))
    features = try file.read("features")
    upstream = try file.read("upstream")
    let numbers = try file.read("regions").floats
    regions = Swift.stride(from: 0, to: numbers.count, by: 5).map { index in
      Region(
        image: Int(numbers[index]), x1: numbers[index + 1], y1: numbers[index + 2],
        x2: numbers[index + 3], y2: numbers[index + 4])
    }
  }

  @Test(
    "Align pools and pulls back as torchvision's, on, over and outside of the border",
    arguments: [false, true], [2, 1, 0])
  func align(aligned: Bool, samples: Int) throws {
    let name = "\(aligned ? "aligned" : "align")_\(samples)"
    let align = RoIAlign(
      outputSize: Extent(3, 4), stride: 8, samples: samples, aligned: aligned)
    let output = align.forward(features, regions: regions)
    let expected = try file.read("\(name)/output")
    #expect(output.shape == expected.shape)
    #expect(difference(output.floats, expected.floats) < 2e-6)

    let gradient = align.pullback(upstream, regions: regions, featureShape: features.shape)
    #expect(difference(gradient.floats, try file.read("\(name)/gradient").floats) < 4e-6)
  }

  @Test("Max-pooling and its pullback are torchvision's, with equal numbers and empty bins")
  func pool() throws {
    let pool = RoIMaxPool(outputSize: Extent(3, 4), stride: 8)
    let maxima = pool.forward(features, regions: regions)
    let expected = try file.read("pool/output")
    #expect(maxima.values.shape == expected.shape)
    #expect(maxima.values.floats == expected.floats)
    #expect(maxima.cells.contains(-1))

    // Multiples of 1/8: their sums are exact.
    let gradient = pool.pullback(upstream, of: maxima)
    #expect(gradient.floats == (try file.read("pool/gradient").floats))
  }

  @Test("Regions are pooled alone as among others")
  func alone() {
    let align = RoIAlign(outputSize: Extent(3, 4), stride: 8, samples: 0)
    let together = align.forward(features, regions: regions).floats
    let alone = regions.flatMap { align.forward(features, regions: [$0]).floats }
    #expect(together == alone)
  }
}
