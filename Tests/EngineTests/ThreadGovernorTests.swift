import Testing

@testable import Engine

@Suite struct ThreadGovernorTests {
  private typealias Observation = ThreadGovernor.Observation

  @Test("On an idle machine all threads stay, however often the system's own work cuts in")
  func idle() {
    var governor = ThreadGovernor(limit: 4)
    for _ in 0..<1000 {
      governor.record(Observation(seconds: 0.01, processorSeconds: 0.0395, preemptions: 3))
    }
    #expect(governor.count == 4)
  }

  @Test("Threads that sleep while they wait stay")
  func passive() {
    var governor = ThreadGovernor(limit: 2)
    for _ in 0..<1000 {
      governor.record(Observation(seconds: 0.01, processorSeconds: 0.014, preemptions: 0))
    }
    #expect(governor.count == 2)
  }

  @Test("A busy neighbour takes one thread away, within a few runs")
  func neighbour() {
    var governor = ThreadGovernor(limit: 4)
    for _ in 0..<2 {
      governor.record(Observation(seconds: 0.05, processorSeconds: 0.175, preemptions: 8))
    }
    #expect(governor.count == 3)
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
    var governor = ThreadGovernor(limit: 1)
    for _ in 0..<100 {
      governor.record(Observation(seconds: 0.05, processorSeconds: 0.025, preemptions: 50))
    }
    #expect(governor.count == 1)
  }
}
