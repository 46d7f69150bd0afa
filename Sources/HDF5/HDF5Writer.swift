internal import CHDF5
public import Tensors

/// A file being written.
///
/// The older form of HDF5 is written, which every version of libhdf5 reads, without times: the same
/// content gives the same bytes.
public final class HDF5Writer {
  /// The path that errors name: the one the file will have in the end.
  public let path: String
  private let handle: Handle

  /// The largest attribute that fits this form of HDF5, in bytes, as Keras counts it.
  public static let attributeByteLimit = 64512

  /// Creates a file.
  ///
  /// - Parameters:
  ///   - temporary: Where to write; nothing may be there.
  ///   - path: The path that errors name.
  /// - Throws: ``HDF5Error`` if the folder cannot be written.
  init(creating temporary: String, namedInErrors path: String) throws(HDF5Error) {
    self.path = path
    let place = Place(file: path)
    handle = try withLibrary { () throws(HDF5Error) in
      try Handle("H5Fcreate", at: place, close: H5Fclose) {
        H5Fcreate(temporary, chdf5_exclusive(), 0, 0)
      }
    }
  }

  /// Creates a group, and the groups it lies in, unless they are there.
  ///
  /// - Throws: ``HDF5Error`` if something else has that path, or the disk is full.
  public func createGroup(_ path: String) throws(HDF5Error) {
    try withLibrary { () throws(HDF5Error) in
      var prefix = ""
      for component in path.split(separator: "/") {
        prefix += "/\(component)"
        let group = prefix
        let place = Place(file: self.path, object: group)
        if try check("H5Lexists", at: place, { H5Lexists(handle.id, group, 0) }) > 0 { continue }
        _ = try Handle("H5Gcreate2", at: place, close: H5Gclose) {
          H5Gcreate2(handle.id, group, 0, 0, 0)
        }
      }
    }
  }

  /// Writes a tensor's numbers as a data set in one piece, creating the groups it lies in.
  ///
  /// - Parameters:
  ///   - tensor: The numbers, stored in the tensor's own type.
  ///   - path: The data set's path.
  /// - Throws: ``HDF5Error`` if the path is taken, or the disk is full.
  public func write(_ tensor: Tensor, at path: String) throws(HDF5Error) {
    try withLibrary { () throws(HDF5Error) in
      let place = Place(file: self.path, object: path)
      try createGroup(parent(of: path))
      let type = try makeType(tensor.elementType, at: place)
      let space = try makeSpace(tensor.shape, at: place)
      let creation = try Handle("H5Pcreate", at: place, close: H5Pclose) {
        H5Pcreate(chdf5_dataset_creation())
      }
      try check("H5Pset_obj_track_times", at: place) { H5Pset_obj_track_times(creation.id, false) }
      let dataset = try Handle("H5Dcreate2", at: place, close: H5Dclose) {
        H5Dcreate2(handle.id, path, type.id, space.id, 0, creation.id, 0)
      }
      if tensor.count == 0 { return }
      try check("H5Dwrite", at: place) {
        tensor.withUnsafeBytes {
          H5Dwrite(dataset.id, type.id, hid_t(H5S_ALL), hid_t(H5S_ALL), 0, $0.baseAddress)
        }
      }
    }
  }

  /// Gives an object an attribute of one string.
  ///
  /// - Throws: ``HDF5Error`` if the object is not there or has such an attribute already.
  public func setAttribute(_ name: String, of path: String, to text: String) throws(HDF5Error) {
    try withLibrary { () throws(HDF5Error) in
      let place = Place(file: self.path, object: path).attribute(name)
      let space = try Handle("H5Screate", at: place, close: H5Sclose) { H5Screate(H5S_SCALAR) }
      try writeStrings([text], to: name, of: path, space: space.id)
    }
  }

  /// Gives an object an attribute of a list of strings; none are stored as no numbers, as Keras's
  /// own files have it.
  ///
  /// - Throws: ``HDF5Error`` if the object is not there or has such an attribute already, or the
  ///   list takes more than ``attributeByteLimit``.
  public func setAttribute(_ name: String, of path: String, to texts: [String]) throws(HDF5Error) {
    try withLibrary { () throws(HDF5Error) in
      if texts.isEmpty { return try setAttribute(name, of: path, to: [Double]()) }
      let place = Place(file: self.path, object: path).attribute(name)
      let space = try makeSpace([texts.count], at: place)
      try writeStrings(texts, to: name, of: path, space: space.id)
    }
  }

  /// Gives an object an attribute of a list of numbers.
  ///
  /// - Throws: ``HDF5Error`` if the object is not there or has such an attribute already.
  public func setAttribute(_ name: String, of path: String, to values: [Double]) throws(HDF5Error) {
    try withLibrary { () throws(HDF5Error) in
      let place = Place(file: self.path, object: path).attribute(name)
      let space = try makeSpace([values.count], at: place)
      try writeAttribute(name, of: path, type: chdf5_float64_le(), space: space.id, values)
    }
  }

  /// Gives an object an attribute of a list of integers.
  ///
  /// - Throws: ``HDF5Error`` if the object is not there or has such an attribute already.
  public func setAttribute(_ name: String, of path: String, to values: [Int]) throws(HDF5Error) {
    try withLibrary { () throws(HDF5Error) in
      let place = Place(file: self.path, object: path).attribute(name)
      let space = try makeSpace([values.count], at: place)
      try writeAttribute(
        name, of: path, type: chdf5_int64_le(), space: space.id, values.map { Int64($0) })
    }
  }

  /// Hands everything to the system.
  func flush() throws(HDF5Error) {
    try withLibrary { () throws(HDF5Error) in
      _ = try check("H5Fflush", at: Place(file: path)) { H5Fflush(handle.id, H5F_SCOPE_LOCAL) }
    }
  }

  /// Writes strings of one length, that of the longest: no heap, no pointers, plain bytes.
  private func writeStrings(
    _ texts: [String], to name: String, of path: String, space: hid_t
  ) throws(HDF5Error) {
    let place = Place(file: self.path, object: path).attribute(name)
    let size = max(1, texts.map(\.utf8.count).max() ?? 0)
    guard size * texts.count <= Self.attributeByteLimit else {
      throw place.error(
        "takes \(size * texts.count) bytes, expected at most \(Self.attributeByteLimit)")
    }
    let type = try Handle("H5Tcopy", at: place, close: H5Tclose) { H5Tcopy(chdf5_c_string()) }
    try check("H5Tset_size", at: place) { H5Tset_size(type.id, size) }
    try check("H5Tset_strpad", at: place) { H5Tset_strpad(type.id, H5T_STR_NULLPAD) }
    if !texts.allSatisfy({ $0.utf8.allSatisfy { $0 < 0x80 } }) {
      try check("H5Tset_cset", at: place) { H5Tset_cset(type.id, H5T_CSET_UTF8) }
    }
    let bytes = texts.flatMap { text in
      Array(text.utf8) + Array(repeating: 0, count: size - text.utf8.count)
    }
    try writeAttribute(name, of: path, type: type.id, space: space, bytes)
  }

  private func writeAttribute<Element>(
    _ name: String, of path: String, type: hid_t, space: hid_t, _ elements: [Element]
  ) throws(HDF5Error) {
    let place = Place(file: self.path, object: path).attribute(name)
    let object = try Handle("H5Oopen", at: place, close: H5Oclose) {
      H5Oopen(handle.id, path.isEmpty ? "/" : path, 0)
    }
    let attribute = try Handle("H5Acreate2", at: place, close: H5Aclose) {
      H5Acreate2(object.id, name, type, space, 0, 0)
    }
    if elements.isEmpty { return }
    try check("H5Awrite", at: place) {
      elements.withUnsafeBytes { H5Awrite(attribute.id, type, $0.baseAddress) }
    }
  }

  private func makeSpace(_ shape: [Int], at place: Place) throws(HDF5Error) -> Handle {
    if shape.isEmpty {
      return try Handle("H5Screate", at: place, close: H5Sclose) { H5Screate(H5S_SCALAR) }
    }
    let extents = shape.map { hsize_t($0) }
    return try Handle("H5Screate_simple", at: place, close: H5Sclose) {
      H5Screate_simple(Int32(extents.count), extents, nil)
    }
  }

  private func parent(of path: String) -> String {
    path.split(separator: "/").dropLast().joined(separator: "/")
  }
}
