internal import CHDF5
internal import Glibc

/// A child process that reads all that a reader may ask for, so that what brings libhdf5 down, or keeps
/// it busy forever, does so there.
///
/// Files of the older form are walked besides (``FileMap``), and nothing is known that would still do it.
/// Those of the newer form have checksums, but not over all that libhdf5 believes.
///
/// From its first moment to its last, no other thread may be within libhdf5.
struct Trial: ~Copyable {
  private let path: String
  /// What the child may take; nothing takes as long that reads more than 10 MB in a second.
  private let seconds: UInt32
  /// The child's number; nil once it has ended.
  private var child: pid_t?

  /// Starts the child.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - part: Where in it the HDF5 file lies, if it is not the whole.
  ///   - byteCount: The HDF5 file's length.
  /// - Throws: ``HDF5Error`` if the system has no process to give.
  init(reading path: String, part: Range<Int>?, byteCount: Int) throws(HDF5Error) {
    let seconds = UInt32(clamping: 2 + byteCount / 10_000_000)
    let child = chdf5_start_trial(
      path, off_t(part?.lowerBound ?? 0), byteCount, part == nil ? 0 : 1, seconds)
    guard child >= 0 else {
      throw HDF5Error(file: path, call: "fork", reason: String(cString: strerror(errno)))
    }
    (self.path, self.seconds, self.child) = (path, seconds, child)
  }

  /// Ends a child whose answer nobody waits for.
  deinit {
    guard let child else { return }
    kill(child, SIGKILL)
    _ = chdf5_end_trial(child)
  }

  /// Waits for the child.
  ///
  /// - Throws: ``HDF5Error`` if it did not end as it should.
  consuming func wait() throws(HDF5Error) {
    let result = child.map(chdf5_end_trial) ?? 0
    child = nil
    switch result {
    case 0: return
    case CHDF5_REFUSED:
      throw HDF5Error(
        file: path,
        reason: "libhdf5 refuses an object in it; the file is damaged, or needs a newer libhdf5")
    case CHDF5_CIRCLE:
      throw HDF5Error(
        file: path,
        reason:
          "has groups within groups without end, or one under two names; the file is damaged, "
          + "or has hard links, which are not followed")
    case CHDF5_NO_TRIAL:
      throw HDF5Error(file: path, call: "waitpid", reason: String(cString: strerror(errno)))
    // The limit's own signal is SIGXCPU, and SIGKILL where that was not enough.
    case SIGALRM, SIGXCPU, SIGKILL:
      throw HDF5Error(
        file: path, reason: "libhdf5 did not come back in \(seconds) s; the file is damaged")
    default:
      throw HDF5Error(
        file: path, reason: "libhdf5 crashes on it (signal \(result)); the file is damaged")
    }
  }
}
