import Engine
import Layers
import Tensors
import Testing

@Suite(.serialized) struct RoIAlignTests {
  /// Channels on both sides of what a loop takes at a time.
  private static let channelCounts = [1, 15, 64, 70, 300]

  @Test("Align is the mean of interpolated samples", arguments: channelCounts, [2, 0])
  func definition(channels: Int, samples: Int) {
    for aligned in [true, false] {
      let align = RoIAlign(outputSize: Extent(2, 3), stride: 4, samples: samples, aligned: aligned)
      let given = RegionCase.random(
        [2, 5, 7, channels], regions: 6, bins: align.outputSize, stride: 4)
      let naive = NaiveAlign(align, given.features)
      let expected = given.regions.flatMap { region in
        naive(image: region.image, region.edges.map(Double.init)).map { Float($0) }
      }
      #expect(
        difference(align.forward(given.features, regions: given.regions).floats, expected) < 2e-6)
    }
  }

  @Test("A cell's number lies at its centre if aligned, at its corner if not")
  func byHand() {
    // Two by two cells of ten pixels.
    let features = Tensor(shape: [1, 2, 2, 1], values: [1, 2, 3, 5])
    // One sample, at the region's centre.
    let aligned = RoIAlign(outputSize: 1, stride: 10, samples: 1)
    let middle = Region(image: 0, x1: 5, y1: 5, x2: 15, y2: 15)
    #expect(aligned.forward(features, regions: [middle]).floats == [2.75])
    let firstCell = Region(image: 0, x1: 0, y1: 0, x2: 10, y2: 10)
    #expect(aligned.forward(features, regions: [firstCell]).floats == [1])
    let cornered = RoIAlign(outputSize: 1, stride: 10, samples: 1, aligned: false)
    #expect(cornered.forward(features, regions: [firstCell]).floats == [2.75])

    let one = Tensor(shape: [1, 1, 1, 1], values: [1])
    let gradient = aligned.pullback(one, regions: [middle], featureShape: [1, 2, 2, 1])
    #expect(gradient.floats == [0.25, 0.25, 0.25, 0.25])
    // To the right the map rises by 1.5 a cell, downwards by 2.5, and the centre moves half as far
    // as an edge.
    #expect(
      aligned.boxGradients(one, features: features, regions: [middle])
        == [Region.Gradient(x1: 0.075, y1: 0.125, x2: 0.075, y2: 0.125)])
  }

  @Test("Pulling back is the adjoint of pooling", arguments: channelCounts, [2, 0])
  func adjoint(channels: Int, samples: Int) {
    for aligned in [true, false] {
      let align = RoIAlign(outputSize: 3, stride: 16, samples: samples, aligned: aligned)
      let given = RegionCase.random(
        [2, 9, 6, channels], regions: 9, bins: align.outputSize, stride: 16, seed: 5)
      let output = align.forward(given.features, regions: given.regions)
      let gradient = align.pullback(
        given.gradient, regions: given.regions, featureShape: given.features.shape)
      let (one, other) = (
        dot(output.floats, given.gradient.floats), dot(given.features.floats, gradient.floats)
      )
      #expect(abs(one - other) < 1e-5 * Double(channels).squareRoot())
    }
  }

  @Test("The features' gradient agrees with central differences")
  func featureDifferences() {
    let align = RoIAlign(outputSize: 2, stride: 8)
    var given = RegionCase.random([2, 3, 4, 2], regions: 5, bins: 2, stride: 8, seed: 3)
    let gradient = align.pullback(
      given.gradient, regions: given.regions, featureShape: given.features.shape
    ).floats
    let values = given.features.floats
    for index in values.indices {
      // Pooling is linear in the features: any step will do, and a large one rounds least.
      let losses = [Float(1), -1].map { step in
        var moved = values
        moved[index] += step
        given.features = Tensor(shape: given.features.shape, values: moved)
        return dot(
          align.forward(given.features, regions: given.regions).floats, given.gradient.floats)
      }
      #expect(abs((losses[0] - losses[1]) / 2 - Double(gradient[index])) < 2e-6)
    }
  }

  @Test(
    "The edges' gradients agree with central differences in double precision",
    arguments: [true, false], [2, 1, 0, 3])
  func edgeDifferences(aligned: Bool, samples: Int) {
    let align = RoIAlign(outputSize: Extent(2, 3), stride: 8, samples: samples, aligned: aligned)
    var given = RegionCase.random(
      [2, 6, 7, 19], regions: 24, bins: align.outputSize, stride: 8, seed: 11)
    // Also one that is reversed, one that not aligned is widened to a cell, and one all around.
    given.regions[0] = Region(image: 1, x1: 43.7, y1: 40.3, x2: 9.2, y2: 11.9)
    given.regions[1] = Region(image: 0, x1: 20.3, y1: 18.9, x2: 22.4, y2: 21.3)
    given.regions[2] = Region(image: 0, x1: -31.3, y1: -22.7, x2: 79.1, y2: 65.9)
    let found = align.boxGradients(
      given.gradient, features: given.features, regions: given.regions)
    let naive = NaiveAlign(align, given.features)
    let weights = given.gradient.floats.map(Double.init)
    var compared = 0
    for (index, region) in given.regions.enumerated() {
      let upstream = weights[(index * 6 * 19)..<((index + 1) * 6 * 19)]
      func loss(_ edge: Int, _ step: Double) -> Double {
        var edges = region.edges.map(Double.init)
        edges[edge] += step
        return zip(naive(image: region.image, edges), upstream).reduce(0) { $0 + $1.0 * $1.1 }
      }
      for edge in 0..<4 {
        // A sample that crosses a cell's centre has different slopes on both sides: a kink.
        let step = 1e-4
        let (before, after) = (
          (loss(edge, 0) - loss(edge, -step)) / step, (loss(edge, step) - loss(edge, 0)) / step
        )
        if abs(before - after) > 1e-3 { continue }
        compared += 1
        let expected = (loss(edge, step) - loss(edge, -step)) / (2 * step)
        #expect(
          abs(Double(found[index].edges[edge]) - expected) < 2e-5, "region \(index), edge \(edge)")
      }
    }
    #expect(compared >= 85)
  }

  @Test("bfloat16 features are pooled as float32 and rounded once")
  func bfloat16() {
    let align = RoIAlign(outputSize: 3, stride: 16)
    var given = RegionCase.random([2, 9, 6, 70], regions: 9, bins: 3, stride: 16)
    let narrow = given.features.converted(to: .bfloat16)
    given.features = narrow.converted(to: .float32)
    let expected = align.forward(given.features, regions: given.regions)
    let found = align.forward(narrow, regions: given.regions)
    #expect(found.elementType == .bfloat16)
    #expect(found.bytes == expected.converted(to: .bfloat16).bytes)
    #expect(
      align.boxGradients(given.gradient, features: narrow, regions: given.regions)
        == align.boxGradients(given.gradient, features: given.features, regions: given.regions))
  }

  @Test("One and two threads give the same bits")
  func threads() {
    let align = RoIAlign(outputSize: 7, stride: 16)
    let given = RegionCase.random([2, 9, 6, 200], regions: 25, bins: 7, stride: 16)
    let results = [1, 2].map { count in
      withThreads(count) {
        (
          align.forward(given.features, regions: given.regions).bytes,
          align.pullback(
            given.gradient, regions: given.regions, featureShape: given.features.shape
          ).bytes,
          align.boxGradients(given.gradient, features: given.features, regions: given.regions)
        )
      }
    }
    #expect(results[0] == results[1])
  }

  @Test("No regions, no result, and a gradient of zero")
  func none() {
    let align = RoIAlign(outputSize: 7, stride: 16)
    let features = Tensor(zeros: [1, 3, 3, 5])
    #expect(align.forward(features, regions: []).shape == [0, 7, 7, 5])
    let nothing = Tensor(zeros: [0, 7, 7, 5])
    let gradient = align.pullback(nothing, regions: [], featureShape: features.shape)
    #expect(gradient.floats == [Float](repeating: 0, count: 45))
    #expect(align.boxGradients(nothing, features: features, regions: []).isEmpty)
  }

  @Test("A map of one cell is that number up to a cell outside")
  func oneCell() {
    let features = Tensor(shape: [1, 1, 1, 1], values: [3])
    let regions = [
      Region(image: 0, x1: -8, y1: -8, x2: 16, y2: 16),
      Region(image: 0, x1: 40, y1: 0, x2: 48, y2: 8),
    ]
    let align = RoIAlign(outputSize: 1, stride: 8)
    #expect(align.forward(features, regions: regions).floats == [3, 0])
    let one = Tensor(shape: [2, 1, 1, 1], values: [1, 1])
    #expect(align.pullback(one, regions: regions, featureShape: [1, 1, 1, 1]).floats == [1])
  }

  @Test("Regions with an edge that is no number are empty, and huge ones end", arguments: [0, 2])
  func strangeRegions(samples: Int) {
    let given = RegionCase.random([1, 5, 4, 3], regions: 0, bins: 2, stride: 8)
    for aligned in [true, false] {
      let align = RoIAlign(outputSize: 2, stride: 8, samples: samples, aligned: aligned)
      let ones = Tensor(shape: [1, 2, 2, 3], values: [Float](repeating: 1, count: 12))
      let strange: [Float] = [.nan, .infinity, -.infinity]
      for edge in strange {
        for region in [
          Region(image: 0, x1: edge, y1: 0, x2: 9, y2: 9),
          Region(image: 0, x1: 0, y1: 0, x2: 9, y2: edge),
        ] {
          #expect(align.forward(given.features, regions: [region]).floats.allSatisfy { $0 == 0 })
          let gradient = align.pullback(ones, regions: [region], featureShape: [1, 5, 4, 3])
          #expect(gradient.floats.allSatisfy { $0 == 0 })
          #expect(
            align.boxGradients(ones, features: given.features, regions: [region])
              == [Region.Gradient(x1: 0, y1: 0, x2: 0, y2: 0)])
        }
      }
      let extremes: [Float] = [
        -.greatestFiniteMagnitude, -1e12, -1e7, -.leastNonzeroMagnitude, 0, 1e7, 1e12,
        .greatestFiniteMagnitude,
      ]
      for first in extremes {
        for last in extremes {
          let region = Region(image: 0, x1: first, y1: last, x2: last, y2: first)
          let pooled = align.forward(given.features, regions: [region]).floats
          #expect(pooled.allSatisfy { abs($0) <= 1.001 })
          let edges = align.boxGradients(ones, features: given.features, regions: [region])
          #expect(edges[0].edges.allSatisfy { $0.isFinite })
        }
      }
    }
  }
}

extension Region {
  fileprivate var edges: [Float] { [x1, y1, x2, y2] }
}

extension Region.Gradient {
  fileprivate var edges: [Float] { [x1, y1, x2, y2] }
}
