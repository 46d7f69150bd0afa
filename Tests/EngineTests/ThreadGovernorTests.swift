import Testing

@testable import Engine

@Suite struct ThreadGovernorTests {
  @Test("On an idle machine all threads stay")
  func idle() {
    var governor = ThreadGovernor(limit: 4)
    // A thread loses its core now and then, to the system's own work.
    for run in 0..<1000 { governor.record(seconds: 0.008, preemptions: run % 10 == 0 ? 1 : 0) }
    #expect(governor.count == 4)
  }

  @Test("A busy neighbour takes one thread away, within a few runs")
  func neighbour() {
    var governor = ThreadGovernor(limit: 4)
    for _ in 0..<3 { governor.record(seconds: 0.05, preemptions: 15) }
    #expect(governor.count == 3)
  }

  @Test("All threads are tried again, less and less often while the neighbour stays")
  func patience() {
    var governor = ThreadGovernor(limit: 2)
    var (time, tries) = (0.0, [Double]())
    while time < 60 {
      let isWhole = governor.count == 2
      if isWhole { tries.append(time) }
      governor.record(seconds: 0.06, preemptions: isWhole ? 18 : 1)
      time += 0.06
    }
    let pauses = zip(tries.dropFirst(), tries).map { $0 - $1 }
    #expect(pauses.count > 5)
    #expect(zip(pauses.dropFirst(), pauses).allSatisfy { $0 > $1 - 0.001 })
    #expect(pauses.allSatisfy { $0 < 9 })
    // When it has gone the next try lasts.
    for _ in 0..<1000 { governor.record(seconds: 0.02, preemptions: 0) }
    #expect(governor.count == 2)
  }

  @Test("A single thread has nothing to give")
  func single() {
    var governor = ThreadGovernor(limit: 1)
    for _ in 0..<100 { governor.record(seconds: 0.05, preemptions: 50) }
    #expect(governor.count == 1)
  }
}
