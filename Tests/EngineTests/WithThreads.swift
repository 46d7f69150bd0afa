import Engine

/// Calls `body` with so many threads at most, and puts the old limit back.
///
/// On the compute thread, so that no other test's work runs meanwhile: of gradients, the number of
/// threads is in the last bits.
func withThreads<Result, Failure: Error>(
  _ count: Int, _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  try ComputeThread.shared.run { () throws(Failure) in
    let limit = ComputeThread.shared.threadLimit
    defer { ComputeThread.shared.threadLimit = limit }
    ComputeThread.shared.threadLimit = count
    return try body()
  }
}
