import Testing

@testable import Engine

@Suite struct ArenaLayoutTests {
  @Test("Values that are needed at the same time never share bytes", arguments: 0..<200)
  func noOverlap(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    let lifetimes = (0..<Int.random(in: 1...40, using: &generator)).map { _ in
      let first = Int.random(in: 0...30, using: &generator)
      return ArenaLayout.Lifetime(
        byteCount: Int.random(in: 0...100_000, using: &generator),
        steps: first...(first + Int.random(in: 0...10, using: &generator)))
    }
    let layout = ArenaLayout(lifetimes)
    for (index, value) in lifetimes.enumerated() {
      let range = layout.offsets[index]..<layout.offsets[index] + value.byteCount
      #expect(range.upperBound <= layout.byteCount)
      for (other, neighbour) in lifetimes.enumerated() where other != index {
        guard neighbour.steps.overlaps(value.steps) else { continue }
        let taken = layout.offsets[other]..<layout.offsets[other] + neighbour.byteCount
        #expect(!taken.overlaps(range))
      }
    }
  }

  @Test("A chain of values takes the memory of its two largest neighbours")
  func chain() {
    // Each value is written by its own step and read by the next one only. 8192 and 12288 are whole
    // pages, so nothing is rounded: the largest pair of neighbours is 12288 + 8192.
    let sizes = [4096, 8192, 12288, 8192, 4096]
    let layout = ArenaLayout(
      sizes.enumerated().map { .init(byteCount: $1, steps: $0...($0 + 1)) })
    #expect(layout.byteCount == 20480)
  }
}
