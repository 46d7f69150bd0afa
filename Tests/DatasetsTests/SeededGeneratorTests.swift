import Testing

@testable import Datasets

@Suite struct SeededGeneratorTests {
  @Test("A text's hash is FNV-1a's")
  func hash() {
    // From the table of test vectors of the algorithm's authors.
    #expect(SeededGenerator.hash("") == 0xCBF2_9CE4_8422_2325)
    #expect(SeededGenerator.hash("foobar") == 0x8594_4171_F739_67E8)
  }

  @Test("Purpose, index and seed each make another sequence; the same make the same")
  func sequences() {
    func first(_ generator: SeededGenerator) -> UInt64 {
      var generator = generator
      return generator.next()
    }
    let numbers = [
      SeededGenerator(seed: 1, for: "crop", 0, 1), SeededGenerator(seed: 1, for: "crop", 1, 0),
      SeededGenerator(seed: 1, for: "order", 0, 1), SeededGenerator(seed: 2, for: "crop", 0, 1),
      SeededGenerator(seed: 1, for: "crop", 0), SeededGenerator(seed: 1, for: "crop"),
    ].map(first)
    #expect(Set(numbers).count == numbers.count)
    #expect(first(SeededGenerator(seed: 1, for: "crop", 0, 1)) == numbers[0])
  }

  @Test("Normal numbers have mean 0 and variance 1, indices are even")
  func distributions() {
    var generator = SeededGenerator(seed: 5, for: "test")
    let numbers = (0..<20000).map { _ in generator.normal() }
    let mean = numbers.reduce(0, +) / 20000
    #expect(abs(mean) < 0.03)
    #expect(abs(numbers.reduce(0) { $0 + $1 * $1 } / 20000 - 1) < 0.05)
    var counts = [0, 0, 0]
    for _ in 0..<3000 { counts[generator.index(below: 3)] += 1 }
    #expect(counts.allSatisfy { 900...1100 ~= $0 })
  }

  @Test("A permutation has every number once")
  func permutation() {
    var generator = SeededGenerator(seed: 5, for: "test")
    let order = generator.permutation(of: 50)
    #expect(order.sorted() == Array(0..<50) && order != Array(0..<50))
    #expect(generator.permutation(of: 0).isEmpty && generator.permutation(of: 1) == [0])
  }
}
