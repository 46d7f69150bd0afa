internal import Glibc
internal import HDF5

/// Reads all of a small file, or a part of a file.
func wholeFile(_ path: String, part: Range<Int>? = nil) throws -> [UInt8] {
  let size = try fileSize(path)
  let part = part ?? 0..<size
  guard part.lowerBound >= 0, part.upperBound <= size, part.count <= 1 << 30 else {
    throw HDF5Error(file: path, reason: "the file was cut meanwhile")
  }
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else {
    throw HDF5Error(file: path, call: "open", reason: String(cString: strerror(errno)))
  }
  defer { close(descriptor) }
  var bytes = [UInt8](repeating: 0, count: part.count)
  var done = 0
  while done < bytes.count {
    let got = bytes.withUnsafeMutableBytes {
      pread(
        descriptor, $0.baseAddress?.advanced(by: done), part.count - done,
        off_t(part.lowerBound + done))
    }
    guard got > 0 else { throw HDF5Error(file: path, reason: "the file was cut meanwhile") }
    done += got
  }
  return bytes
}

/// The length of a file in bytes.
func fileSize(_ path: String) throws -> Int {
  var status = stat()
  guard stat(path, &status) == 0 else {
    throw HDF5Error(file: path, call: "stat", reason: String(cString: strerror(errno)))
  }
  return Int(status.st_size)
}
