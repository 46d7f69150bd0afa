import Datasets
import Detection
import Testing

@Suite struct BalancedSamplerTests {
  private func sample(
    _ matches: [Int32], _ sampler: BalancedSampler, seed: UInt64 = 1
  ) -> (positive: [Int], negative: [Int]) {
    var generator = SeededGenerator(seed: seed, for: "samples")
    return sampler.sample(matches, using: &generator)
  }

  @Test("Samples are of the right kind, distinct, rising, and as many as asked for")
  func counts() {
    let matches: [Int32] = (0..<1000).map { [-2, -1, 3, -1, 0][$0 % 5] }
    let (positive, negative) = sample(matches, .regions)
    #expect(positive.count == 32)
    #expect(negative.count == 96)
    #expect(positive.allSatisfy { matches[$0] >= 0 })
    #expect(negative.allSatisfy { matches[$0] == -1 })
    for indices in [positive, negative] { #expect(indices == Set(indices).sorted()) }
  }

  @Test("Background makes up for boxes with an object, but not the other way round")
  func scarce() {
    let few: [Int32] = [5, -1, -1, -2] + Array(repeating: -1, count: 300)
    #expect(sample(few, .anchors).positive == [0])
    #expect(sample(few, .anchors).negative.count == 255)
    let crowded: [Int32] = Array(repeating: 0, count: 300) + [-1]
    #expect(sample(crowded, .anchors).positive.count == 128)
    #expect(sample(crowded, .anchors).negative == [300])
    #expect(sample([], .anchors).positive.isEmpty)
    #expect(sample([-2, -2], .anchors).negative.isEmpty)
    #expect(sample([0, -1], BalancedSampler(count: 0, positiveShare: 0.5)).negative.isEmpty)
  }

  @Test("The same seed draws the same, another one something else")
  func seeds() {
    let matches = [Int32](repeating: -1, count: 1000)
    #expect(sample(matches, .anchors).negative == sample(matches, .anchors).negative)
    #expect(sample(matches, .anchors).negative != sample(matches, .anchors, seed: 2).negative)
  }

  @Test("Every box is drawn equally often")
  func fairness() {
    let matches = [Int32](repeating: -1, count: 20)
    var counts = [Int](repeating: 0, count: 20)
    let sampler = BalancedSampler(count: 5, positiveShare: 0.5)
    for seed in 0..<4000 {
      for index in sample(matches, sampler, seed: UInt64(seed)).negative { counts[index] += 1 }
    }
    // A quarter of 4000 draws, with a standard deviation of 27.
    #expect(counts.allSatisfy { abs($0 - 1000) < 140 })
  }
}
