internal import CHDF5

/// Compares where a data set says that its numbers are with what its shape and its file allow.
///
/// The older form of HDF5 carries no checksums. What is checked here libhdf5 would take as given,
/// and read other numbers, or zeros, or too much memory.
struct StorageCheck {
  let shape: [Int]
  /// Bytes per number.
  let elementSize: Int
  let storage: DatasetDescription.Storage
  let dataset: hid_t
  let fileByteCount: Int
  let place: Place

  /// The filters that are undone when reading; what others left is not looked into.
  static let filters = ["gzip", "shuffle", "fletcher32"]

  /// How many bytes the storage takes.
  var storedByteCount: Int { Int(clamping: H5Dget_storage_size(dataset)) }

  /// Throws if the storage is not as it should be.
  func run() throws(HDF5Error) {
    let stored = storedByteCount
    guard let expected = byteCount(of: shape) else {
      throw damaged("has the shape \(shape), larger than any memory")
    }
    switch storage {
    case .elsewhere:
      throw place.error("has its numbers in other files or data sets, which are not followed")
    case .contiguous(let offset):
      if expected == 0 { break }
      guard let offset else { throw place.error("was never written") }
      guard stored == expected else {
        throw damaged("expected \(expected) bytes for the shape \(shape), found \(stored)")
      }
      guard offset > 0, expected <= fileByteCount, offset <= fileByteCount - expected else {
        throw damaged("lies beyond the end of the file, at byte \(offset)")
      }
    case .compact:
      guard stored == expected else {
        throw damaged("expected \(expected) bytes for the shape \(shape), found \(stored)")
      }
    case .chunked(let chunk, let filters):
      guard filters.allSatisfy(Self.filters.contains) else { break }
      try checkChunks(of: chunk, filtered: !filters.isEmpty, expected: expected)
    }
  }

  private func checkChunks(
    of chunk: [Int], filtered: Bool, expected: Int
  ) throws(HDF5Error) {
    if expected == 0 { return }
    guard chunk.count == shape.count, let chunkByteCount = byteCount(of: chunk),
      zip(chunk, shape).allSatisfy({ 1...max($1, 1) ~= $0 })
    else { throw damaged("has blocks of \(chunk) in the shape \(shape)") }
    // Unpacked blocks are stored as they are. gzip packs at most 1032 bytes in one, and numbers of a
    // network hardly two.
    let limit = min(1100 * fileByteCount, max(16 * fileByteCount, 1 << 29))
    guard expected <= (filtered ? limit : fileByteCount) else {
      throw damaged("has the shape \(shape), more numbers than the file can hold")
    }
    // Each block is looked up as it will be for reading: of one that is not found libhdf5 makes
    // zeros.
    var origin = shape.map { _ in 0 }
    while true {
      try checkChunk(at: origin, byteCount: chunkByteCount, isPacked: filtered)
      var axis = shape.count - 1
      while axis >= 0, origin[axis] + chunk[axis] >= shape[axis] {
        origin[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
      origin[axis] += chunk[axis]
    }
  }

  /// Checks one block.
  ///
  /// - Parameters:
  ///   - origin: Where in the array the block begins.
  ///   - byteCount: How many bytes its numbers take.
  ///   - isPacked: Whether it takes fewer in the file.
  /// - Throws: ``HDF5Error`` if it is not in the file as it should be.
  private func checkChunk(
    at origin: [Int], byteCount: Int, isPacked: Bool
  ) throws(HDF5Error) {
    var mask: UInt32 = 0
    var address: haddr_t = 0
    var size: hsize_t = 0
    try check("H5Dget_chunk_info_by_coord", at: place) {
      H5Dget_chunk_info_by_coord(
        dataset, origin.map { hsize_t($0) }, &mask, &address, &size)
    }
    guard address != chdf5_undefined_address() else {
      throw damaged("lacks the block at \(origin)")
    }
    guard mask == 0 else { throw damaged("has a block that skips its filters, at \(origin)") }
    guard let start = Int(exactly: address), let length = Int(exactly: size), length > 0,
      length <= fileByteCount, start <= fileByteCount - length
    else { throw damaged("has a block beyond the end of the file, at \(origin)") }
    // gzip packs at most 1032 bytes in one.
    guard isPacked ? byteCount / 1100 <= length : length == byteCount else {
      throw damaged("has a block of \(length) bytes, at \(origin)")
    }
  }

  private func damaged(_ reason: String) -> HDF5Error {
    place.error("\(reason); the file is damaged")
  }

  private func byteCount(of shape: [Int]) -> Int? {
    var product = elementSize
    for extent in shape {
      let (result, overflow) = product.multipliedReportingOverflow(by: extent)
      if overflow { return nil }
      product = result
    }
    return product
  }
}
