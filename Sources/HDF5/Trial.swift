internal import CHDF5
internal import Glibc

/// Lets a child process read all that a reader may ask for, so that what brings libhdf5 down, or
/// keeps it busy forever, does so there.
///
/// Files of the older form have been walked before, and nothing is known that would still do it. Those
/// of the newer form have checksums, but not over all that libhdf5 believes.
///
/// - Parameters:
///   - path: The file.
///   - part: Where in it the HDF5 file lies, if it is not the whole.
///   - byteCount: The HDF5 file's length.
/// - Throws: ``HDF5Error`` if the child did not end as it should.
func tryReading(_ path: String, part: Range<Int>?, byteCount: Int) throws(HDF5Error) {
  // Nothing takes that long that reads more than 10 MB in a second.
  let seconds = UInt32(clamping: 2 + byteCount / 10_000_000)
  let result = chdf5_try_file(
    path, off_t(part?.lowerBound ?? 0), byteCount, part == nil ? 0 : 1, seconds)
  switch result {
  case 0: return
  case CHDF5_REFUSED:
    throw HDF5Error(
      file: path,
      reason: "libhdf5 refuses an object in it; the file is damaged, or needs a newer libhdf5")
  case CHDF5_CIRCLE:
    throw HDF5Error(
      file: path,
      reason: "has groups within groups without end, or one under two names; the file is damaged, "
        + "or has hard links, which are not followed")
  case CHDF5_NO_TRIAL:
    throw HDF5Error(file: path, call: "fork", reason: String(cString: strerror(errno)))
  // The limit's own signal is SIGXCPU, and SIGKILL where that was not enough.
  case SIGALRM, SIGXCPU, SIGKILL:
    throw HDF5Error(
      file: path, reason: "libhdf5 did not come back in \(seconds) s; the file is damaged")
  default:
    throw HDF5Error(
      file: path, reason: "libhdf5 crashes on it (signal \(result)); the file is damaged")
  }
}
