import Glibc
import Synchronization
import Testing

@testable import Datasets

@Suite struct PrefetcherTests {
  private struct Refusal: Error, Equatable { let index: Int }

  @Test("Elements come in order, whichever thread is first", arguments: [1, 2, 5])
  func order(threadCount: Int) throws {
    let prefetcher = Prefetcher(3..<60, threadCount: threadCount, capacity: 4) { index in
      usleep(UInt32(index * 7919 % 5) * 100)
      return index * index
    }
    for index in 3..<60 { #expect(try prefetcher.next() == index * index) }
    #expect(try prefetcher.next() == nil)
    #expect(try prefetcher.next() == nil)
  }

  @Test("No more are made ahead than there is room for")
  func capacity() throws {
    let made = Atomic(0)
    let prefetcher = Prefetcher(0..<1000, threadCount: 3, capacity: 5) { index in
      made.add(1, ordering: .relaxed)
      return index
    }
    for taken in 1...20 {
      _ = try prefetcher.next()
      #expect(made.load(ordering: .relaxed) <= taken + 5)
    }
  }

  @Test("An error comes in its element's place")
  func errors() throws {
    let prefetcher = Prefetcher(0..<4, threadCount: 2, capacity: 2) { index in
      if index == 1 { throw Refusal(index: 1) }
      return index
    }
    #expect(try prefetcher.next() == 0)
    #expect(throws: Refusal(index: 1)) { try prefetcher.next() }
    #expect(try prefetcher.next() == 2)
  }

  @Test("One that is dropped half way stops its threads")
  func dropping() throws {
    for _ in 0..<50 {
      let prefetcher = Prefetcher(0..<1_000_000, threadCount: 4, capacity: 3) { $0 }
      _ = try prefetcher.next()
    }
    #expect(try Prefetcher(0..<0, threadCount: 1, capacity: 1) { $0 }.next() == nil)
  }
}
