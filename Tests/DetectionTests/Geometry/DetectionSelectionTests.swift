import Boxes
import Datasets
import Detection
import Testing

@Suite struct DetectionSelectionTests {
  /// Selects as the definition says, by sorting everything.
  private func plainSelection(
    _ selection: DetectionSelection, probabilities: [Float], deltas: [Float], regions: [Box],
    classCount: Int, size: Float
  ) -> [DetectedObject] {
    var all: [(place: Int, detection: DetectedObject)] = []
    for label in 0..<classCount {
      let candidates = regions.indices.compactMap { region -> (Int, DetectedObject)? in
        let place = region * (classCount + 1) + label + 1
        let first = (region * classCount + label) * 4
        let numbers = SIMD4(deltas[first..<first + 4])
        let box = BoxCoding.regions.decode(numbers, relativeTo: regions[region])
          .clipped(width: size, height: size)
        let isFinite = (0..<4).allSatisfy { numbers[$0].isFinite }
        return probabilities[place] >= selection.minimumScore && isFinite && box.isProper
          ? (place, DetectedObject(box: box, label: label, score: probabilities[place])) : nil
      }.sorted { ($1.1.score, $0.0) < ($0.1.score, $1.0) }
      all += plainSuppression(candidates.map(\.1.box), overlap: selection.overlap, limit: .max)
        .map { candidates[$0] }
    }
    return all.sorted { ($1.1.score, $0.0) < ($0.1.score, $1.0) }
      .prefix(selection.count).map(\.detection)
  }

  @Test("Detections are those of decoding, clipping, sorting and suppressing one after another")
  func plain() {
    for seed in 0..<100 {
      var generator = SeededGenerator(seed: 5, for: "detections", seed)
      let classCount = 1 + generator.index(below: 4)
      let regions = generator.boxes(generator.index(below: 60))
      let probabilities = (0..<regions.count * (classCount + 1)).map { _ -> Float in
        let probability = generator.number(from: 0, steps: 20, step: 0.05)
        return probability > 0.92 ? .nan : probability
      }
      let deltas = (0..<regions.count * classCount * 4).map { _ -> Float in
        let delta = generator.number(from: -4, steps: 100, step: 0.08)
        return delta > 3.9 ? .nan : delta
      }
      let selection = DetectionSelection(
        minimumScore: 0.2, overlap: 0.4, count: generator.index(below: 50))
      let found = select(
        selection, probabilities: probabilities, deltas: deltas, regions: regions,
        classCount: classCount, width: 24, height: 24)
      let expected = plainSelection(
        selection, probabilities: probabilities, deltas: deltas, regions: regions,
        classCount: classCount, size: 24)
      #expect(found == expected)
    }
  }

  @Test("The background comes first among the probabilities and detects nothing")
  func background() {
    let regions = [Box(0, 0, 10, 10), Box(20, 20, 30, 30)]
    let found = select(
      DetectionSelection(), probabilities: [0.9, 0.04, 0.06, 0.1, 0.7, 0.2],
      deltas: Array(repeating: 0, count: 16), regions: regions, classCount: 2, width: 40,
      height: 40)
    #expect(found.map(\.label) == [0, 1, 1])
    #expect(found.map(\.score) == [0.7, 0.2, 0.06])
    #expect(found.map(\.box) == [regions[1], regions[1], regions[0]])
  }

  @Test("Boxes of different classes do not suppress each other")
  func classes() {
    let found = select(
      DetectionSelection(), probabilities: [0, 0.5, 0.5, 0, 0.4, 0.6],
      deltas: Array(repeating: 0, count: 16), regions: [Box(0, 0, 8, 8), Box(0, 0, 8, 8)],
      classCount: 2, width: 40, height: 40)
    #expect(found.map(\.label) == [1, 0])
    #expect(found.map(\.score) == [0.6, 0.5])
  }

  @Test("Boxes outside of the image, no regions and no classes detect nothing")
  func nothing() {
    func found(_ probabilities: [Float], _ regions: [Box], classCount: Int) -> [DetectedObject] {
      select(
        DetectionSelection(), probabilities: probabilities,
        deltas: Array(repeating: 0, count: regions.count * classCount * 4), regions: regions,
        classCount: classCount, width: 40, height: 40)
    }
    #expect(found([0, 1], [Box(50, 0, 60, 10)], classCount: 1).isEmpty)
    #expect(found([], [], classCount: 3).isEmpty)
    #expect(found([1], [Box(0, 0, 10, 10)], classCount: 0).isEmpty)
  }
}
