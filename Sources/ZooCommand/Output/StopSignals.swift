import ArgumentParser
import Glibc

/// Ctrl-C and the system's request to end, held back until somebody looks.
///
/// A thread hands what it holds back on to the threads it makes, so this must come before the first.
/// There is no handler, and so nothing that could run in the middle of something else.
struct StopSignals {
  private static let numbers = [SIGINT, SIGTERM]

  /// Begins to hold the signals back.
  init() {
    var set = Self.set
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// The exit status that says which signal has come, or nil if none has.
  var status: CInt? { Self.pendingStatus }

  /// The same, of signals that any part of the program holds back.
  static var pendingStatus: CInt? {
    var pending = sigset_t()
    sigpending(&pending)
    return numbers.first { sigismember(&pending, $0) == 1 }.map { 128 + $0 }
  }

  /// Says that nothing has been done yet.
  ///
  /// - Returns: What ends the program.
  func exitBeforeFirstStep() -> ExitCode {
    printError("stopped before the first step; nothing was written")
    return ExitCode(status ?? 1)
  }

  private static var set: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for number in numbers { sigaddset(&set, number) }
    return set
  }
}
