internal import CHDF5
internal import Glibc

/// Owns one of libhdf5's identifiers and closes it exactly once.
struct Handle: ~Copyable {
  let id: hid_t
  private let close: @convention(c) (hid_t) -> herr_t

  /// Takes the identifier that `open` returns.
  ///
  /// - Parameters:
  ///   - call: The name of the function that `open` calls.
  ///   - place: What is being opened.
  ///   - close: The function that gives the identifier back.
  ///   - open: Calls libhdf5.
  /// - Throws: ``HDF5Error`` if the identifier is negative.
  init(
    _ call: String, at place: Place, close: @escaping @convention(c) (hid_t) -> herr_t,
    open: () -> hid_t
  ) throws(HDF5Error) {
    // The error is thrown, not printed. The setting belongs to the thread, hence each time.
    H5Eset_auto2(hid_t(H5E_DEFAULT), nil, nil)
    let id = open()
    guard id >= 0 else { throw HDF5Error(call, at: place) }
    self.id = id
    self.close = close
  }

  deinit { withLibrary { _ = close(id) } }
}

/// Runs a piece of work with libhdf5 for this thread alone.
///
/// Some builds of libhdf5 are not made for threads. And while a child process is made of this one no
/// other thread may be within libhdf5, for the child would wait forever for what that thread holds.
func withLibrary<Result: ~Copyable, Failure: Error>(
  _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  libraryLock.lock()
  defer { libraryLock.unlock() }
  return try body()
}

private let libraryLock = RecursiveLock()

/// Unchecked: the mutex is there to be used by several threads.
private final class RecursiveLock: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

  init() {
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_RECURSIVE))
    pthread_mutex_init(mutex, &attributes)
    pthread_mutexattr_destroy(&attributes)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  func lock() { pthread_mutex_lock(mutex) }
  func unlock() { pthread_mutex_unlock(mutex) }
}

/// Throws if a call returned a negative status.
@discardableResult
func check<Status: SignedInteger>(
  _ call: String, at place: Place, _ status: () -> Status
) throws(HDF5Error) -> Status {
  H5Eset_auto2(hid_t(H5E_DEFAULT), nil, nil)
  let status = status()
  guard status >= 0 else { throw HDF5Error(call, at: place) }
  return status
}
