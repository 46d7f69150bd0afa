internal import COneDNN
internal import Glibc

/// The one thread on which every plan is compiled and run.
///
/// oneDNN's OpenMP keeps a team of workers for each thread that calls it, and Swift's tasks move
/// from thread to thread: without this there would soon be a spinning team for each. The thread
/// treats denormal numbers as zero, and so do its workers: chains of float32 layers ran 30 to 100
/// times slower where activations faded out.
public final class ComputeThread: Sendable {
  /// The process's compute thread.
  public static let shared = ComputeThread()

  /// How many threads the next run gets; for use on the compute thread only.
  nonisolated(unsafe) var threads: ThreadGovernor

  private let channel = JobChannel()

  private init() {
    threads = ThreadGovernor(limit: Int(onednn_thread_count()))
    var thread = pthread_t()
    let context = Unmanaged.passRetained(channel).toOpaque()
    let status = pthread_create(&thread, nil, serveJobs, context)
    precondition(status == 0, "the system refused to start a thread (pthread_create: \(status))")
    pthread_detach(thread)
  }

  /// The most threads that share a plan's work, this one included: at first `OMP_NUM_THREADS`, or
  /// one for each core.
  public var threadLimit: Int {
    get { run { threads.limit } }
    set { run { threads = ThreadGovernor(limit: newValue) } }
  }

  /// Does some work and lets the governor take note of it; for use on the compute thread only.
  func observing<Result, Failure: Error>(
    _ work: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let count = Int(onednn_thread_count())
    let start = ThreadGovernor.Observation.now
    let result = try work()
    // A pullback runs on as many threads as its forward run did, whatever was decided in between.
    guard count == threads.count else { return result }
    let end = ThreadGovernor.Observation.now
    threads.record(
      .init(
        seconds: end.seconds - start.seconds,
        processorSeconds: end.processorSeconds - start.processorSeconds,
        preemptions: end.preemptions - start.preemptions))
    return result
  }

  /// Compiles or runs on as many threads as there may be, whatever the governor says; for use on the
  /// compute thread only.
  func withAllThreads<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let count = onednn_thread_count()
    onednn_set_thread_count(Int32(threads.limit))
    defer { onednn_set_thread_count(count) }
    return try body()
  }

  /// Runs `body` on the compute thread and waits for it.
  ///
  /// - Throws: What `body` throws.
  public func run<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    if channel.isServedByThisThread { return try body() }
    var result: Swift.Result<Result, Failure>?
    let job = {
      do throws(Failure) { result = .success(try body()) } catch { result = .failure(error) }
    }
    withoutActuallyEscaping(job) { channel.run($0) }
    guard let result else { preconditionFailure("a job ended without a result") }
    return try result.get()
  }
}

/// Hands one job at a time to the serving thread.
///
/// Unchecked: every property is guarded by the mutex.
private final class JobChannel: @unchecked Sendable {
  private var mutex = pthread_mutex_t()
  private var changed = pthread_cond_t()
  private var job: (() -> Void)?
  private var isBusy = false
  private var server: pthread_t?

  init() {
    pthread_mutex_init(&mutex, nil)
    pthread_cond_init(&changed, nil)
  }

  var isServedByThisThread: Bool {
    pthread_mutex_lock(&mutex)
    defer { pthread_mutex_unlock(&mutex) }
    return server.map { pthread_equal($0, pthread_self()) != 0 } ?? false
  }

  /// Has the serving thread run `body`, and returns when it has.
  func run(_ body: @escaping () -> Void) {
    pthread_mutex_lock(&mutex)
    while isBusy { pthread_cond_wait(&changed, &mutex) }
    isBusy = true
    job = body
    pthread_cond_broadcast(&changed)
    while job != nil { pthread_cond_wait(&changed, &mutex) }
    isBusy = false
    pthread_cond_broadcast(&changed)
    pthread_mutex_unlock(&mutex)
  }

  func serve() -> Never {
    onednn_flush_denormals()
    pthread_mutex_lock(&mutex)
    server = pthread_self()
    while true {
      guard let body = job else {
        pthread_cond_wait(&changed, &mutex)
        continue
      }
      pthread_mutex_unlock(&mutex)
      body()
      pthread_mutex_lock(&mutex)
      job = nil
      pthread_cond_broadcast(&changed)
    }
  }
}

private func serveJobs(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  Unmanaged<JobChannel>.fromOpaque(context).takeUnretainedValue().serve()
}
