internal import CHDF5
internal import Glibc

/// A file opened for reading.
///
/// Objects are named by their path from the root, `/conv1/kernel` or `conv1/kernel`; the root is
/// `/`. Links into other files are refused.
public final class HDF5File {
  /// The file's path, as it was given.
  public let path: String
  let handle: Handle
  /// The file's length in bytes.
  public let byteCount: Int
  /// The file again, for arrays that lie in one piece.
  let bytes: FileBytes
  /// The mapping that libhdf5 reads where the file lies inside another.
  let image: Image?
  /// Paths that were found to be groups, so as not to walk to them again; the root's is empty.
  private var knownGroups: Set<String> = [""]
  /// What is known of data sets, so as not to ask for it again when they are read.
  var descriptions: [String: DatasetDescription] = [:]

  /// Opens a file.
  ///
  /// - Throws: ``HDF5Error`` if there is no such file, or it is not a whole HDF5 file.
  public convenience init(reading path: String) throws(HDF5Error) {
    try self.init(reading: path, part: nil)
  }

  /// Opens a file, or one that lies unpacked inside another, as in an archive.
  ///
  /// - Parameters:
  ///   - path: The path of the file, or of the other.
  ///   - part: Where in the other it lies, in bytes.
  /// - Throws: ``HDF5Error`` if there is no such file, or it is not a whole HDF5 file.
  public init(reading path: String, part: Range<Int>?) throws(HDF5Error) {
    self.path = path
    let place = Place(file: path)
    let bytes = try FileBytes(reading: path, part: part)
    let count = bytes.count
    (self.bytes, byteCount) = (bytes, count)
    // Both read all of the file's structure, so neither waits for the other. Other threads' calls of
    // libhdf5 do wait: the child has their open files too, and would write them as they were.
    try withLibrary { () throws(HDF5Error) in
      let trial = try Trial(reading: path, part: part, byteCount: count)
      try FileMap.check(bytes)
      try trial.wait()
    }
    let image = try part.map { part throws(HDF5Error) in try Image(of: path, part) }
    self.image = image
    handle = try withLibrary { () throws(HDF5Error) in
      if let image {
        return try Handle("H5Fopen", at: place, close: H5Fclose) {
          chdf5_open_image(image.pointer, count)
        }
      }
      let access = try Handle("H5Pcreate", at: place, close: H5Pclose) {
        H5Pcreate(chdf5_file_access())
      }
      try check("H5Pset_file_locking", at: place) { chdf5_tolerate_missing_locks(access.id) }
      return try Handle("H5Fopen", at: place, close: H5Fclose) {
        H5Fopen(path, chdf5_read_only(), access.id)
      }
    }
  }

  /// What kind of object a path leads to.
  public enum ObjectKind: String, Sendable {
    case group
    case dataset
    /// A named type, which no layout here uses.
    case other
  }

  /// Says whether a path leads to an object of this file.
  ///
  /// - Throws: ``HDF5Error`` if a group on the way is damaged, or a link leads to another file.
  public func exists(_ path: String) throws(HDF5Error) -> Bool {
    try withLibrary { () throws(HDF5Error) in
      var prefix = ""
      for component in path.split(separator: "/") {
        guard try isGroup(prefix) else { return false }
        prefix += "/\(component)"
        if knownGroups.contains(prefix) { continue }
        let link = prefix
        let place = Place(file: self.path, object: link)
        guard try check("H5Lexists", at: place, { H5Lexists(handle.id, link, 0) }) > 0,
          try leadsSomewhere(link)
        else { return false }
      }
      return true
    }
  }

  /// Says what a path leads to.
  ///
  /// - Throws: ``HDF5Error`` if it leads nowhere.
  public func kind(of path: String) throws(HDF5Error) -> ObjectKind {
    try withLibrary { () throws(HDF5Error) in
      let object = try open(path)
      switch H5Iget_type(object.id) {
      case H5I_GROUP: return .group
      case H5I_DATASET: return .dataset
      default: return .other
      }
    }
  }

  /// Lists a group's members, in the order of their names.
  ///
  /// - Throws: ``HDF5Error`` if the path leads to no group.
  public func children(of path: String) throws(HDF5Error) -> [String] {
    try withLibrary { () throws(HDF5Error) in
      let place = Place(file: self.path, object: path)
      let group = try open(path)
      guard H5Iget_type(group.id) == H5I_GROUP else { throw place.error("is not a group") }
      return try collectNames("H5Literate", at: place) { names in
        chdf5_each_member(group.id, append, names)
      }
    }
  }

  /// Opens a group or a data set.
  func open(_ path: String) throws(HDF5Error) -> Handle {
    let place = Place(file: self.path, object: path)
    guard try exists(path) else { throw place.error("is not in the file") }
    return try Handle("H5Oopen", at: place, close: H5Oclose) {
      H5Oopen(handle.id, path.isEmpty ? "/" : path, 0)
    }
  }

  private func isGroup(_ path: String) throws(HDF5Error) -> Bool {
    if knownGroups.contains(path) { return true }
    let group = try Handle("H5Oopen", at: Place(file: self.path, object: path), close: H5Oclose) {
      H5Oopen(handle.id, path, 0)
    }
    guard H5Iget_type(group.id) == H5I_GROUP else { return false }
    knownGroups.insert(path)
    return true
  }

  /// Whether a link has an object at its end, which a soft link may not have.
  ///
  /// Links to other files are refused: what is read is in the one file that was checked.
  private func leadsSomewhere(_ path: String) throws(HDF5Error) -> Bool {
    let place = Place(file: self.path, object: path)
    let type = try check("H5Lget_info", at: place) { chdf5_link_type(handle.id, path) }
    switch H5L_type_t(type) {
    case H5L_TYPE_HARD: return true
    case H5L_TYPE_SOFT:
      return try check("H5Oexists_by_name", at: place) {
        H5Oexists_by_name(handle.id, path, 0)
      } > 0
    default:
      throw place.error("is a link to another file, which is not followed; copy the object here")
    }
  }
}

/// Runs one of libhdf5's iterations over names.
func collectNames(
  _ call: String, at place: Place, _ iterate: (UnsafeMutableRawPointer) -> herr_t
) throws(HDF5Error) -> [String] {
  var names: [String] = []
  try withUnsafeMutablePointer(to: &names) { pointer throws(HDF5Error) in
    _ = try check(call, at: place) { iterate(UnsafeMutableRawPointer(pointer)) }
  }
  return names
}

/// Appends a name to the array that `collectNames` passes through libhdf5.
func append(_ name: UnsafePointer<CChar>?, to names: UnsafeMutableRawPointer?) -> herr_t {
  guard let name, let names else { return -1 }
  names.assumingMemoryBound(to: [String].self).pointee.append(String(cString: name))
  return 0
}

/// The bytes of a part of a file, mapped to memory.
///
/// libhdf5 looks at them while the file is open, and not when it closes one opened for reading.
final class Image {
  let pointer: UnsafeMutablePointer<chdf5_image>

  init(of path: String, _ part: Range<Int>) throws(HDF5Error) {
    pointer = .allocate(capacity: 1)
    guard chdf5_map_image(path, off_t(part.lowerBound), part.count, pointer) == 0 else {
      pointer.deallocate()
      throw HDF5Error(file: path, call: "mmap", reason: String(cString: strerror(errno)))
    }
  }

  /// Gives back the memory that the system has filled with pages of the file.
  ///
  /// It fills more than was looked at: without this, most of the file at last.
  func release() { chdf5_release_image(pointer) }

  deinit {
    chdf5_unmap_image(pointer)
    pointer.deallocate()
  }
}
