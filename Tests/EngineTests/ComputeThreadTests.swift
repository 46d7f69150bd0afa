import Engine
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct ComputeThreadTests {
  @Test("Jobs of many tasks run on one thread, one at a time, and give their results back")
  func oneThread() async {
    let results = await withTaskGroup(of: (pthread_t, Int).self) { group in
      for number in 0..<200 {
        group.addTask { ComputeThread.shared.run { (pthread_self(), number * number) } }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(results.map(\.1)) == Set((0..<200).map { $0 * $0 }))
    #expect(Set(results.map(\.0)).count == 1)
  }

  @Test("A job may run another, and errors come out where the job was given")
  func nestedAndThrowing() {
    struct Failure: Error, Equatable {}
    #expect(ComputeThread.shared.run { ComputeThread.shared.run { 7 } } == 7)
    #expect(throws: Failure()) { try ComputeThread.shared.run { throw Failure() } }
  }

  @Test("Denormal numbers are zero on the compute thread")
  func denormals() {
    let product = ComputeThread.shared.run {
      (0..<3).reduce(Float.leastNormalMagnitude) { value, _ in value * Float.random(in: 0.5...0.6) }
    }
    #expect(product == 0)
  }
}
