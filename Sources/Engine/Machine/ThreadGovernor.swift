internal import COneDNN
internal import Glibc

/// Decides how many threads a run gets, so that a busy neighbour costs its share and no more.
///
/// oneDNN gives each thread an equal part of every operation and waits for the last. A thread that
/// shares its core with somebody else's is late at each of a network's fifty-odd operations, by up to
/// a scheduler's time slice: a run takes five to fifty times as long. With one thread fewer it takes
/// what that thread would have done. Threads that sleep while they wait instead of spinning, which is
/// the usual remedy, lose up to 40 % on an idle machine, for waking takes as long as a small layer.
///
/// Threads that work or spin use all the time there is. What they did not get, somebody else did.
struct ThreadGovernor {
  /// What is measured while threads work.
  struct Observation {
    /// Time on the clock.
    var seconds = 0.0
    /// Processor time that all threads of the team got together.
    var processorSeconds = 0.0
    /// How often the system took a core away from one of the process's threads.
    var preemptions = 0

    /// What has been counted so far.
    static var now: Observation {
      var usage = rusage()
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      var time = timespec()
      clock_gettime(CLOCK_MONOTONIC, &time)
      return Observation(
        seconds: Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9,
        processorSeconds: onednn_team_processor_time(), preemptions: usage.ru_nivcsw)
    }
  }

  /// The most threads there may be.
  let limit: Int
  /// How many the next run gets.
  private(set) var count: Int

  /// What has been seen since the last decision.
  private var seen = Observation()
  /// How long to go on with fewer threads before all are tried again.
  private var patience = shortestPatience

  private static let shortestPatience = 0.5
  private static let longestPatience = 8.0
  /// Long enough for some of the scheduler's time slices, of 3 to 8 ms each.
  private static let shortestObservation = 0.05
  /// Of one core, the share that others may have: a neighbour takes half, the system's own threads
  /// a few percent.
  private static let tolerance = 0.2
  /// Threads that were told to sleep while they wait (`OMP_WAIT_POLICY=passive`) also miss processor
  /// time; but the system then seldom takes a core away.
  private static let fewPreemptions = 50.0

  init(limit: Int) { (self.limit, count) = (limit, limit) }

  /// Takes note of what the present number of threads did.
  mutating func record(_ observation: Observation) {
    seen.seconds += observation.seconds
    seen.processorSeconds += observation.processorSeconds
    seen.preemptions += observation.preemptions
    if count == limit {
      guard seen.seconds >= Self.shortestObservation else { return }
      if limit > 1 && isContended {
        count = limit - 1
      } else {
        patience = Self.shortestPatience
      }
    } else {
      guard seen.seconds >= patience else { return }
      // If the neighbour is still there this costs a few slow runs: less and less often.
      patience = min(2 * patience, Self.longestPatience)
      count = limit
    }
    seen = Observation()
  }

  private var isContended: Bool {
    let lost = Double(count) * seen.seconds - seen.processorSeconds
    return lost > Self.tolerance * seen.seconds
      && Double(seen.preemptions) > Self.fewPreemptions * seen.seconds
  }
}
