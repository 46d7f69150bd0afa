internal import CHDF5
public import Tensors

extension HDF5File {
  /// Describes a data set without reading its numbers.
  ///
  /// - Throws: ``HDF5Error`` if the path leads to no data set, or its description cannot be true.
  public func describe(_ path: String) throws(HDF5Error) -> DatasetDescription {
    if let known = descriptions[path] { return known }
    let description = try withLibrary { () throws(HDF5Error) in
      try Dataset(path, in: self).description
    }
    descriptions[path] = description
    return description
  }

  /// Reads a data set's numbers in the type that they are stored in, little-endian.
  ///
  /// Numbers that lie in one piece go straight from the file to the tensor's memory.
  ///
  /// - Throws: ``HDF5Error`` if the path leads to no data set, its numbers are of another type than
  ///   float16, bfloat16, float32 or float64, or some of them are not in the file.
  public func read(_ path: String) throws(HDF5Error) -> Tensor {
    let description = try describe(path)
    guard let elementType = description.elementType else {
      throw Place(file: self.path, object: path).error(
        "expected float16, bfloat16, float32 or float64, found \(description.typeName)")
    }
    if case .contiguous(let offset?) = description.storage, !description.isBigEndian {
      return try Tensor(shape: description.shape, elementType: elementType) {
        numbers throws(HDF5Error) in try bytes.read(offset, into: numbers)
      }
    }
    return try withLibrary { () throws(HDF5Error) in
      defer { image?.release() }
      return try Dataset(path, in: self).read(elementType)
    }
  }

  /// Reads a data set's numbers, integers too, as float32.
  ///
  /// - Throws: ``HDF5Error`` if the path leads to no data set, or its numbers are not in the file.
  public func readAsFloat32(_ path: String) throws(HDF5Error) -> Tensor {
    try withLibrary { () throws(HDF5Error) in
      defer { image?.release() }
      return try Dataset(path, in: self, anyNumber: true).readConverted()
    }
  }
}

/// An open data set whose description has been checked.
private struct Dataset: ~Copyable {
  let handle: Handle
  let place: Place
  let description: DatasetDescription

  /// Opens a data set, one of integers only if `anyNumber` is true.
  init(_ path: String, in file: HDF5File, anyNumber: Bool = false) throws(HDF5Error) {
    let place = Place(file: file.path, object: path)
    let object = try file.open(path)
    guard H5Iget_type(object.id) == H5I_DATASET else { throw place.error("is not a data set") }
    let type = try Handle("H5Dget_type", at: place, close: H5Tclose) { H5Dget_type(object.id) }
    let stored = try StoredType(type.id, at: place)
    let shape = try Self.shape(of: object.id, at: place)
    let elementSize = H5Tget_size(type.id)
    let storage = try Self.storage(
      of: object.id, shape: shape, elementSize: elementSize, at: place)
    let layout = StorageCheck(
      shape: shape, elementSize: elementSize, storage: storage, dataset: object.id,
      fileByteCount: file.byteCount, place: place)
    // What is not read may lie as it likes.
    if stored.elementType != nil || anyNumber { try layout.run() }
    description = DatasetDescription(
      shape: shape, elementType: stored.elementType, typeName: stored.name,
      isBigEndian: stored.isBigEndian, storage: storage, storedByteCount: layout.storedByteCount)
    self.place = place
    handle = object
  }

  func read(_ elementType: ElementType) throws(HDF5Error) -> Tensor {
    try refuseUnknownFilters()
    return try read(as: makeType(elementType, at: place), elementType)
  }

  func readConverted() throws(HDF5Error) -> Tensor {
    try refuseUnknownFilters()
    return try read(as: makeType(.float32, at: place), .float32)
  }

  private func refuseUnknownFilters() throws(HDF5Error) {
    guard case .chunked(_, let filters) = description.storage,
      let filter = filters.first(where: { !StorageCheck.filters.contains($0) })
    else { return }
    throw place.error(
      "is packed by the filter \(filter), expected gzip, shuffle or fletcher32; "
        + "rewrite the file without: h5repack -f NONE IN OUT")
  }

  private func read(as type: borrowing Handle, _ elementType: ElementType) throws(HDF5Error)
    -> Tensor
  {
    let memoryType = type.id
    return try Tensor(shape: description.shape, elementType: elementType) {
      bytes throws(HDF5Error) in
      if bytes.isEmpty { return }
      _ = try check("H5Dread", at: place) {
        H5Dread(handle.id, memoryType, hid_t(H5S_ALL), hid_t(H5S_ALL), 0, bytes.baseAddress)
      }
    }
  }

  private static func shape(of dataset: hid_t, at place: Place) throws(HDF5Error) -> [Int] {
    let space = try Handle("H5Dget_space", at: place, close: H5Sclose) { H5Dget_space(dataset) }
    guard H5Sget_simple_extent_type(space.id) != H5S_NULL else {
      throw place.error("has no shape (a null data space)")
    }
    let rank = try check("H5Sget_simple_extent_ndims", at: place) {
      H5Sget_simple_extent_ndims(space.id)
    }
    var extents = [hsize_t](repeating: 0, count: Int(rank))
    try check("H5Sget_simple_extent_dims", at: place) {
      H5Sget_simple_extent_dims(space.id, &extents, nil)
    }
    return try extents.map { extent throws(HDF5Error) in
      guard let extent = Int(exactly: extent) else {
        throw place.error("has an extent of \(extent); the file is damaged")
      }
      return extent
    }
  }

  private static func storage(
    of dataset: hid_t, shape: [Int], elementSize: Int, at place: Place
  ) throws(HDF5Error) -> DatasetDescription.Storage {
    let creation = try Handle("H5Dget_create_plist", at: place, close: H5Pclose) {
      H5Dget_create_plist(dataset)
    }
    if try check("H5Pget_external_count", at: place, { H5Pget_external_count(creation.id) }) > 0 {
      return .elsewhere
    }
    switch H5Pget_layout(creation.id) {
    case H5D_CONTIGUOUS:
      let offset = H5Dget_offset(dataset)
      return .contiguous(offset: offset == chdf5_undefined_address() ? nil : Int(exactly: offset))
    case H5D_COMPACT: return .compact
    case H5D_CHUNKED:
      var extents = [hsize_t](repeating: 0, count: shape.count)
      try check("H5Pget_chunk", at: place) {
        H5Pget_chunk(creation.id, Int32(shape.count), &extents)
      }
      let filters = try filters(of: creation.id, elementSize: elementSize, at: place)
      return .chunked(shape: extents.map { Int(clamping: $0) }, filters: filters)
    default: return .elsewhere
    }
  }

  private static func filters(
    of creation: hid_t, elementSize: Int, at place: Place
  ) throws(HDF5Error) -> [String] {
    let count = try check("H5Pget_nfilters", at: place) { H5Pget_nfilters(creation) }
    var names: [String] = []
    for index in 0..<max(count, 0) {
      var flags: UInt32 = 0
      var values: [UInt32] = [0]
      var valueCount = values.count
      let filter = try check("H5Pget_filter2", at: place) {
        H5Pget_filter2(creation, UInt32(index), &flags, &valueCount, &values, 0, nil, nil)
      }
      // Shuffling sorts bytes by their place in a number of the given size.
      if filter == H5Z_FILTER_SHUFFLE, values != [UInt32(clamping: elementSize)] {
        throw place.error("is shuffled as numbers of \(values[0]) bytes; the file is damaged")
      }
      names.append(filterNames[filter] ?? "number \(filter)")
    }
    return names
  }

  private static let filterNames: [Int32: String] = [
    1: "gzip", 2: "shuffle", 3: "fletcher32", 4: "szip", 5: "nbit", 6: "scaleoffset",
    32000: "LZF", 32001: "Blosc", 32004: "LZ4", 32015: "Zstandard",
  ]
}
