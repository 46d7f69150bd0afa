internal import Glibc

/// Makes elements ahead of their use, on threads of its own, and hands them out in order.
///
/// The threads have the lowest priority there is: they take what time the others leave, and all of
/// it while somebody waits for an element. So decoding pictures does not hold up a training step,
/// whose threads wait for the slowest of them.
public final class Prefetcher<Element: Sendable>: Sendable {
  private let queue: PrefetchQueue<Element>
  private let threads: [PrefetchThread]

  /// Starts to make elements.
  ///
  /// - Parameters:
  ///   - indices: What `make` is called with, once each.
  ///   - threadCount: How many elements are made at a time, at least 1.
  ///   - capacity: How many elements may be made before they are asked for, at least 1.
  ///   - make: Makes the element of an index, on any of the threads.
  public init(
    _ indices: Range<Int>, threadCount: Int, capacity: Int,
    make: @escaping @Sendable (Int) throws -> Element
  ) {
    precondition(threadCount > 0 && capacity > 0, "somebody has to make something")
    let queue = PrefetchQueue(indices, capacity: capacity, make: make)
    self.queue = queue
    threads = (0..<threadCount).map { _ in PrefetchThread { queue.work() } }
  }

  deinit {
    queue.cancel()
    for thread in threads { thread.join() }
  }

  /// Waits for the next element.
  ///
  /// - Returns: The element, or nil after the last.
  /// - Throws: What making it threw.
  public func next() throws -> Element? { try queue.next() }
}

/// The elements between those who make them and the one who takes them.
///
/// Unchecked: every mutable property is guarded by the mutex.
private final class PrefetchQueue<Element: Sendable>: @unchecked Sendable {
  private let make: @Sendable (Int) throws -> Element
  private let capacity: Int
  private let end: Int
  private var nextToMake: Int
  private var nextToTake: Int
  private var made: [Int: Result<Element, any Error>] = [:]
  private var isCancelled = false
  private var mutex = pthread_mutex_t()
  private var changed = pthread_cond_t()

  init(_ indices: Range<Int>, capacity: Int, make: @escaping @Sendable (Int) throws -> Element) {
    (self.make, self.capacity, end) = (make, capacity, indices.upperBound)
    (nextToMake, nextToTake) = (indices.lowerBound, indices.lowerBound)
    pthread_mutex_init(&mutex, nil)
    pthread_cond_init(&changed, nil)
  }

  deinit {
    pthread_cond_destroy(&changed)
    pthread_mutex_destroy(&mutex)
  }

  /// Makes elements until there are no more to make.
  func work() {
    pthread_mutex_lock(&mutex)
    defer { pthread_mutex_unlock(&mutex) }
    while !isCancelled && nextToMake < end {
      guard nextToMake < nextToTake + capacity else {
        pthread_cond_wait(&changed, &mutex)
        continue
      }
      let index = nextToMake
      nextToMake += 1
      pthread_mutex_unlock(&mutex)
      let result = Result { try make(index) }
      pthread_mutex_lock(&mutex)
      made[index] = result
      pthread_cond_broadcast(&changed)
    }
  }

  func next() throws -> Element? {
    pthread_mutex_lock(&mutex)
    defer { pthread_mutex_unlock(&mutex) }
    guard nextToTake < end else { return nil }
    while true {
      if let result = made.removeValue(forKey: nextToTake) {
        nextToTake += 1
        pthread_cond_broadcast(&changed)
        return try result.get()
      }
      pthread_cond_wait(&changed, &mutex)
    }
  }

  func cancel() {
    pthread_mutex_lock(&mutex)
    isCancelled = true
    pthread_cond_broadcast(&changed)
    pthread_mutex_unlock(&mutex)
  }
}

/// A thread of the lowest priority.
private struct PrefetchThread: @unchecked Sendable {
  private let thread: pthread_t

  init(_ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(Body(body)).toOpaque()
    let status = pthread_create(&thread, nil, runBody, context)
    precondition(status == 0, "the system refused to start a thread (pthread_create: \(status))")
    self.thread = thread
  }

  func join() { pthread_join(thread, nil) }
}

private final class Body: Sendable {
  let run: @Sendable () -> Void

  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private func runBody(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  // Of this thread alone: to Linux each thread is a process of its own.
  setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19)
  guard let context else { return nil }
  Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
  return nil
}
