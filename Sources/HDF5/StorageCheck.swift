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

  /// Throws if the storage is not as it should be; returns how many bytes it takes.
  func run() throws(HDF5Error) -> Int {
    let stored = Int(clamping: H5Dget_storage_size(dataset))
    guard let expected = byteCount(of: shape) else {
      throw damaged("has the shape \(shape), larger than any memory")
    }
    switch storage {
    case .elsewhere:
      throw place.error("has its numbers in other files or data sets, which are not followed")
    case .contiguous(let offset):
      guard stored == expected else {
        throw damaged("expected \(expected) bytes for the shape \(shape), found \(stored)")
      }
      if expected == 0 { break }
      guard let offset else { throw place.error("was never written") }
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
    return stored
  }

  private func checkChunks(
    of chunk: [Int], filtered: Bool, expected: Int
  ) throws(HDF5Error) {
    if expected == 0 { return }
    guard chunk.count == shape.count, let chunkByteCount = byteCount(of: chunk),
      zip(chunk, shape).allSatisfy({ 1...max($1, 1) ~= $0 })
    else { throw damaged("has blocks of \(chunk) in the shape \(shape)") }
    // gzip packs at most 1032 bytes in one.
    guard expected / 1100 <= fileByteCount else {
      throw damaged("has the shape \(shape), more numbers than the file can hold")
    }
    let counts = zip(shape, chunk).map { ($0 + $1 - 1) / $1 }
    let chunkCount = counts.reduce(1, *)
    let space = try Handle("H5Dget_space", at: place, close: H5Sclose) { H5Dget_space(dataset) }
    var found: hsize_t = 0
    try check("H5Dget_num_chunks", at: place) { H5Dget_num_chunks(dataset, space.id, &found) }
    guard found == hsize_t(chunkCount) else {
      throw damaged("expected \(chunkCount) blocks, found \(found)")
    }
    var seen = Set<Int>()
    for index in 0..<found {
      var origin = [hsize_t](repeating: 0, count: max(shape.count, 1))
      var mask: UInt32 = 0
      var address: haddr_t = 0
      var size: hsize_t = 0
      try check("H5Dget_chunk_info", at: place) {
        H5Dget_chunk_info(dataset, space.id, index, &origin, &mask, &address, &size)
      }
      guard mask == 0 else { throw damaged("has a block that skips its filters") }
      guard let start = Int(exactly: address), let length = Int(exactly: size), length > 0,
        length <= fileByteCount, start <= fileByteCount - length,
        filtered || length == chunkByteCount
      else { throw damaged("has a block beyond the end of the file, or of another size") }
      var position = 0
      for axis in shape.indices {
        let (block, offset) = origin[axis].quotientAndRemainder(dividingBy: hsize_t(chunk[axis]))
        guard offset == 0, block < hsize_t(counts[axis]) else {
          throw damaged("has a block at \(origin), outside the shape \(shape)")
        }
        position = position * counts[axis] + Int(block)
      }
      guard seen.insert(position).inserted else { throw damaged("has two blocks in one place") }
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
