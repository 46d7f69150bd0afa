import Glibc
import Mutations

/// Many cases that one child process runs, each made of the batch's seed and its own number.
struct Batch {
  let seed: UInt64
  let specimens: [FileSet]
  /// What parts are taken from.
  let donors: [FileSet]
  let folder: String
  var isVerbose = false

  /// One case: the files, the first of which is opened.
  func files(_ number: Int) -> [(String, [UInt8])] {
    var generator = SeededGenerator(seed: seed &+ UInt64(number) &* 0x1_0000_0001)
    let set = specimens[generator.below(specimens.count)]
    let donor = donors[generator.below(donors.count)]
    return set.mutant(using: &generator, donor: donor)
  }

  /// How a child process ended.
  enum Ending: Equatable {
    case done
    /// In the case of that number.
    case died(signal: Int32, at: Int)
  }

  /// Runs cases in a child process.
  ///
  /// - Parameters:
  ///   - cases: The cases' numbers.
  ///   - seconds: How much processor time one case may take.
  ///   - files: Makes the files of a case.
  /// - Returns: How the child ended, what became of each case, and the processor time in seconds.
  func run(
    _ cases: Range<Int>, seconds: Int, files: (Int) -> [(String, [UInt8])]
  ) -> (ending: Ending, outcomes: [Outcome], time: Double) {
    let slots = 3 * cases.count + 1
    let length = slots * MemoryLayout<UInt64>.stride
    guard let map = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0),
      map != MAP_FAILED
    else { fail("mmap") }
    defer { munmap(map, length) }
    let board = map.bindMemory(to: UInt64.self, capacity: slots)
    let child = fork()
    if child < 0 { fail("fork") }
    if child == 0 {
      setpgid(0, 0)
      var limit = rlimit(rlim_cur: 0, rlim_max: 0)
      setrlimit(__rlimit_resource_t(4), &limit)  // RLIMIT_CORE
      for number in cases {
        board[0] = UInt64(number - cases.lowerBound)
        let files = files(number)
        for (name, bytes) in files { write(bytes, to: "\(folder)/\(name)") }
        // What is busy, and what only waits.
        var timer = itimerval()
        timer.it_value.tv_sec = seconds
        setitimer(__itimer_which_t(2), &timer, nil)  // ITIMER_PROF
        alarm(UInt32(12 * seconds))
        let start = clockSeconds()
        var outcome = tryFile(
          "\(folder)/\(files[0].0)", byteCount: files.reduce(0) { $0 + $1.1.count },
          isVerbose: isVerbose)
        outcome.milliseconds = UInt64(1000 * (clockSeconds() - start))
        let slot = 3 * (number - cases.lowerBound)
        board[1 + slot] = outcome.signature
        board[2 + slot] = outcome.fault.rawValue
        board[3 + slot] = outcome.milliseconds
      }
      _exit(0)
    }
    var status: Int32 = 0
    var usage = rusage()
    while wait4(child, &status, 0, &usage) < 0 && errno == EINTR {}
    kill(-child, SIGKILL)
    let outcomes = cases.indices.map { index in
      let slot = 3 * (index - cases.lowerBound)
      return Outcome(
        fault: Outcome.Fault(rawValue: board[2 + slot]) ?? .none, signature: board[1 + slot],
        milliseconds: board[3 + slot])
    }
    let ending: Ending =
      status == 0 ? .done : .died(signal: status & 0x7F, at: cases.lowerBound + Int(board[0]))
    return (ending, outcomes, usage.ru_utime.seconds + usage.ru_stime.seconds)
  }
}

extension timeval {
  var seconds: Double { Double(tv_sec) + Double(tv_usec) / 1e6 }
}

/// The time since some moment, in seconds.
func clockSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func write(_ bytes: [UInt8], to path: String) {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
  guard descriptor >= 0 else { fail("open \(path)") }
  defer { close(descriptor) }
  var done = 0
  while done < bytes.count {
    let count = bytes.withUnsafeBytes { buffer in
      write(descriptor, buffer.baseAddress.map { $0 + done }, bytes.count - done)
    }
    guard count > 0 else { fail("write \(path)") }
    done += count
  }
}

func fail(_ call: String) -> Never {
  say("WeightFuzzer: \(call): \(String(cString: strerror(errno)))\n", to: 2)
  exit(2)
}
