import Engine
import Layers
import Tensors
import Testing

@Suite(.serialized) struct RoIMaxPoolTests {
  @Test("Bins cover whole cells; of equal numbers the first gets the gradient")
  func byHand() {
    // Three rows of four cells, each of ten pixels.
    let features = Tensor(
      shape: [1, 3, 4, 1],
      values: [
        -1, 5, 5, 0,
        -2, 5, 1, 7,
        -3, 4, 4, 2,
      ])
    let pool = RoIMaxPool(outputSize: Extent(1, 2), stride: 10)
    let regions = [
      // Columns 0 to 2, rows 0 to 1: bins of one and a half columns share the middle one.
      Region(image: 0, x1: 1, y1: 0, x2: 21, y2: 12),
      // One column: both bins have it.
      Region(image: 0, x1: 0, y1: 0, x2: 4, y2: 20),
      // Columns 3 to 6: the second bin is outside.
      Region(image: 0, x1: 30, y1: 10, x2: 60, y2: 20),
    ]
    let maxima = pool.forward(features, regions: regions)
    #expect(maxima.values.shape == [3, 1, 2, 1])
    #expect(maxima.values.floats == [5, 5, -1, -1, 7, 0])
    #expect(maxima.cells == [1, 1, 0, 0, 7, -1])
    let gradient = pool.pullback(
      Tensor(shape: [3, 1, 2, 1], values: [1, 2, 4, 8, 16, 32]), of: maxima)
    #expect(gradient.floats == [12, 3, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0])
  }

  @Test("Every maximum is the number of its cell", arguments: [1, 64, 70, 300])
  func cells(channels: Int) {
    let pool = RoIMaxPool(outputSize: 3, stride: 16)
    let given = RegionCase.random([2, 9, 6, channels], regions: 9, bins: 3, stride: 16)
    let maxima = pool.forward(given.features, regions: given.regions)
    let (features, values) = (given.features.floats, maxima.values.floats)
    for (index, cell) in maxima.cells.enumerated() {
      let image = given.regions[index / (9 * channels)].image
      let place = (image * 9 * 6 + Int(cell)) * channels + index % channels
      #expect(values[index] == (cell < 0 ? 0 : features[place]))
    }
    // The gradient goes where the numbers came from: then both products are of the same pairs.
    let gradient = pool.pullback(given.gradient, of: maxima)
    #expect(
      abs(dot(values, given.gradient.floats) - dot(features, gradient.floats))
        < 1e-5 * Double(channels).squareRoot())
  }

  @Test("The features' gradient agrees with central differences")
  func differences() {
    let pool = RoIMaxPool(outputSize: 2, stride: 8)
    let given = RegionCase.random([2, 4, 5, 2], regions: 5, bins: 2, stride: 8, seed: 2)
    let maxima = pool.forward(given.features, regions: given.regions)
    let gradient = pool.pullback(given.gradient, of: maxima).floats
    let values = given.features.floats
    for index in values.indices {
      let losses = [Float(1e-3), -1e-3].map { step in
        var moved = values
        moved[index] += step
        let moving = pool.forward(
          Tensor(shape: given.features.shape, values: moved), regions: given.regions)
        // Where another cell becomes the largest there is no derivative.
        #expect(moving.cells == maxima.cells)
        return dot(moving.values.floats, given.gradient.floats)
      }
      #expect(abs((losses[0] - losses[1]) / 2e-3 - Double(gradient[index])) < 1e-3)
    }
  }

  @Test("bfloat16 maxima are exact")
  func bfloat16() {
    let pool = RoIMaxPool(outputSize: 3, stride: 16)
    let given = RegionCase.random([2, 9, 6, 70], regions: 9, bins: 3, stride: 16)
    let narrow = given.features.converted(to: .bfloat16)
    let wide = pool.forward(narrow.converted(to: .float32), regions: given.regions)
    let found = pool.forward(narrow, regions: given.regions)
    #expect(found.values.elementType == .bfloat16)
    #expect(found.values.floats == wide.values.floats)
    #expect(found.cells == wide.cells)
  }

  @Test("One and two threads give the same bits")
  func threads() {
    let pool = RoIMaxPool(outputSize: 7, stride: 16)
    let given = RegionCase.random([2, 9, 6, 200], regions: 25, bins: 7, stride: 16)
    let results = [1, 2].map { count in
      withThreads(count) {
        let maxima = pool.forward(given.features, regions: given.regions)
        return (
          maxima.values.bytes, maxima.cells, pool.pullback(given.gradient, of: maxima).bytes
        )
      }
    }
    #expect(results[0] == results[1])
  }

  @Test("No regions, no maxima; strange ones are empty or cover the map")
  func strangeRegions() {
    let pool = RoIMaxPool(outputSize: 1, stride: 8)
    let features = Tensor(shape: [1, 1, 2, 1], values: [-4, -2])
    let none = pool.forward(features, regions: [])
    #expect(none.values.shape == [0, 1, 1, 1])
    #expect(pool.pullback(Tensor(zeros: [0, 1, 1, 1]), of: none).floats == [0, 0])

    let huge = Float.greatestFiniteMagnitude
    let regions = [
      Region(image: 0, x1: .nan, y1: 0, x2: 8, y2: 8),
      Region(image: 0, x1: 0, y1: 0, x2: 8, y2: .infinity),
      Region(image: 0, x1: -huge, y1: -huge, x2: huge, y2: huge),
      // Reversed: the cell of its first edges.
      Region(image: 0, x1: 8, y1: 0, x2: 0, y2: -8),
      Region(image: 0, x1: huge, y1: huge, x2: -huge, y2: -huge),
    ]
    let maxima = pool.forward(features, regions: regions)
    #expect(maxima.values.floats == [0, 0, -2, -2, 0])
    #expect(maxima.cells == [-1, -1, 1, 1, -1])
  }
}
