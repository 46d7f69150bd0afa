import Testing

@testable import Engine

@Suite struct ThreadGovernorTests {
  private typealias Observation = ThreadGovernor.Observation

  /// How many threads are left after equal runs.
  private func threads(of limit: Int, after runs: Int, like run: Observation) -> Int {
    var governor = ThreadGovernor(limit: limit)
    for _ in 0..<runs { governor.record(run) }
    return governor.count
  }

  @Test("On an idle machine all threads stay, however often the system's own work cuts in")
  func idle() {
    let run = Observation(seconds: 0.01, processorSeconds: 0.0395, preemptions: 3)
    #expect(threads(of: 4, after: 1000, like: run) == 4)
  }

  @Test("Threads that sleep while they wait stay")
  func passive() {
    let run = Observation(seconds: 0.01, processorSeconds: 0.014, preemptions: 0)
    #expect(threads(of: 2, after: 1000, like: run) == 2)
  }

  @Test("A busy neighbour takes one thread away, within a few runs")
  func neighbour() {
    let run = Observation(seconds: 0.05, processorSeconds: 0.175, preemptions: 8)
    #expect(threads(of: 4, after: 2, like: run) == 3)
  }

  @Test("All threads are tried again, less and less often while the neighbour stays")
  func patience() {
    var governor = ThreadGovernor(limit: 2)
    var (time, tries) = (0.0, [Double]())
    while time < 60 {
      let isWhole = governor.count == 2
      if isWhole { tries.append(time) }
      governor.record(
        Observation(
          seconds: 0.06, processorSeconds: isWhole ? 0.09 : 0.06, preemptions: isWhole ? 18 : 1))
      time += 0.06
    }
    let pauses = zip(tries.dropFirst(), tries).map { $0 - $1 }
    #expect(pauses.count > 5)
    #expect(zip(pauses.dropFirst(), pauses).allSatisfy { $0 > $1 - 0.001 })
    #expect(pauses.allSatisfy { $0 < 9 })
    // When it has gone the next try lasts.
    for _ in 0..<1000 {
      governor.record(
        Observation(
          seconds: 0.02, processorSeconds: 0.02 * Double(governor.count), preemptions: 0))
    }
    #expect(governor.count == 2)
  }

  @Test("A single thread has nothing to give")
  func single() {
    let run = Observation(seconds: 0.05, processorSeconds: 0.025, preemptions: 50)
    #expect(threads(of: 1, after: 100, like: run) == 1)
  }
}
