internal import Glibc

/// Decides how many threads a run gets, so that a busy neighbour costs its share and no more.
///
/// oneDNN gives each thread an equal part of every operation and waits for the last. A thread that
/// shares its core with somebody else's is late at each of a network's fifty-odd operations, by up to
/// a scheduler's time slice: a run takes five to ten times as long. With one thread fewer it takes
/// what that thread would have done. Threads that sleep while they wait instead of spinning, which is
/// the usual remedy, lose up to 40 % on an idle machine, for waking takes as long as a small layer.
///
/// The system counts how often it took a core away from this process. On an idle machine that is
/// next to never.
struct ThreadGovernor {
  /// The most threads there may be.
  let limit: Int
  /// How many the next run gets.
  private(set) var count: Int

  /// What has been seen since the last decision.
  private var seconds = 0.0
  private var preemptions = 0
  /// How long to go on with fewer threads before all are tried again.
  private var patience = shortestPatience

  private static let shortestPatience = 0.5
  private static let longestPatience = 8.0
  /// Long enough for some of the scheduler's time slices, of 3 to 8 ms each.
  private static let observation = 0.05
  /// Preemptions a second: a core that is shared is lost more than a hundred times.
  private static let contention = 50.0

  init(limit: Int) { (self.limit, count) = (limit, limit) }

  /// Takes note of a run.
  ///
  /// - Parameters:
  ///   - seconds: How long it took.
  ///   - preemptions: How often one of the process's threads lost its core meanwhile.
  mutating func record(seconds: Double, preemptions: Int) {
    self.seconds += seconds
    self.preemptions += preemptions
    if count == limit {
      guard self.seconds >= Self.observation else { return }
      if limit > 1 && Double(self.preemptions) > Self.contention * self.seconds {
        count = limit - 1
      } else {
        patience = Self.shortestPatience
      }
    } else {
      guard self.seconds >= patience else { return }
      // If the neighbour is still there this costs a few slow runs: less and less often.
      patience = min(2 * patience, Self.longestPatience)
      count = limit
    }
    (self.seconds, self.preemptions) = (0, 0)
  }

  /// Does some work on the present number of threads, and takes note of it.
  mutating func observing<Result, Failure: Error>(
    _ work: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let (start, preemptions) = (ContinuousClock.now, Self.preemptions)
    let result = try work()
    record(
      seconds: (ContinuousClock.now - start) / .seconds(1),
      preemptions: Self.preemptions - preemptions)
    return result
  }

  /// How often the system has taken a core from one of this process's threads so far.
  private static var preemptions: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_nivcsw
  }
}
