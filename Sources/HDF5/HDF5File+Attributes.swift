internal import CHDF5

extension HDF5File {
  /// Lists the names of an object's attributes.
  ///
  /// - Throws: ``HDF5Error`` if the path leads nowhere.
  public func attributes(of path: String) throws(HDF5Error) -> [String] {
    try withLibrary { () throws(HDF5Error) in
      let place = Place(file: self.path, object: path)
      let object = try open(path)
      return try collectNames("H5Aiterate2", at: place) { names in
        chdf5_each_attribute(object.id, append, names)
      }
    }
  }

  /// Says whether an object has an attribute of that name.
  ///
  /// - Throws: ``HDF5Error`` if the path leads nowhere.
  public func hasAttribute(_ name: String, of path: String) throws(HDF5Error) -> Bool {
    try withLibrary { () throws(HDF5Error) in
      let object = try open(path)
      return try check("H5Aexists", at: Place(file: self.path, object: path)) {
        H5Aexists(object.id, name)
      } > 0
    }
  }

  /// Reads an attribute's strings: one for a scalar, none for an attribute of size zero.
  ///
  /// Fixed and variable lengths, all paddings, ASCII and UTF-8. An empty list is stored as an
  /// attribute of no numbers, so an empty attribute may have any type.
  ///
  /// - Throws: ``HDF5Error`` if there is no such attribute, or it holds something else.
  public func strings(_ name: String, of path: String) throws(HDF5Error) -> [String] {
    try withLibrary { () throws(HDF5Error) in
      let attribute = try Attribute(name, of: path, in: self)
      if attribute.count == 0 { return [] }
      let type = try attribute.type()
      guard H5Tget_class(type.id) == H5T_STRING else {
        throw attribute.place.error("is not text; the file is damaged or of another layout")
      }
      return H5Tis_variable_str(type.id) > 0
        ? try attribute.variableStrings(type.id) : try attribute.fixedStrings(type.id)
    }
  }

  /// Reads an attribute's numbers, integers or floats, as float64.
  ///
  /// - Throws: ``HDF5Error`` if there is no such attribute, or it holds something else.
  public func numbers(_ name: String, of path: String) throws(HDF5Error) -> [Double] {
    try withLibrary { () throws(HDF5Error) in
      let attribute = try Attribute(name, of: path, in: self)
      let type = try attribute.type()
      guard [H5T_INTEGER, H5T_FLOAT].contains(H5Tget_class(type.id)) else {
        throw attribute.place.error("is not a number")
      }
      var values = [Double](repeating: 0, count: attribute.count)
      try attribute.read(chdf5_float64_le(), into: &values)
      return values
    }
  }

  /// Reads an attribute's integers.
  ///
  /// - Throws: ``HDF5Error`` if there is no such attribute, or it holds something else.
  public func integers(_ name: String, of path: String) throws(HDF5Error) -> [Int] {
    try withLibrary { () throws(HDF5Error) in
      let attribute = try Attribute(name, of: path, in: self)
      let type = try attribute.type()
      guard H5Tget_class(type.id) == H5T_INTEGER else {
        throw attribute.place.error("is not an integer")
      }
      var values = [Int](repeating: 0, count: attribute.count)
      try attribute.read(chdf5_native_int64(), into: &values)
      return values
    }
  }
}

/// An open attribute.
private struct Attribute: ~Copyable {
  let handle: Handle
  let place: Place
  /// How many elements it has: one for a scalar.
  let count: Int

  init(_ name: String, of path: String, in file: HDF5File) throws(HDF5Error) {
    let place = Place(file: file.path, object: path).attribute(name)
    let object = try file.open(path)
    let handle = try Handle("H5Aopen", at: place, close: H5Aclose) { H5Aopen(object.id, name, 0) }
    let space = try Handle("H5Aget_space", at: place, close: H5Sclose) { H5Aget_space(handle.id) }
    let count = try check("H5Sget_simple_extent_npoints", at: place) {
      H5Sget_simple_extent_npoints(space.id)
    }
    let byteCount = H5Aget_storage_size(handle.id)
    guard count == 0 || (count <= file.byteCount && byteCount <= hsize_t(file.byteCount)) else {
      throw place.error("is larger than the file; the file is damaged")
    }
    self.place = place
    self.count = Int(count)
    self.handle = handle
  }

  func type() throws(HDF5Error) -> Handle {
    try Handle("H5Aget_type", at: place, close: H5Tclose) { H5Aget_type(handle.id) }
  }

  /// Reads all elements as the given type in memory.
  func read<Element>(_ type: hid_t, into elements: inout [Element]) throws(HDF5Error) {
    if count == 0 { return }
    try check("H5Aread", at: place) {
      elements.withUnsafeMutableBytes { H5Aread(handle.id, type, $0.baseAddress) }
    }
  }

  func variableStrings(_ type: hid_t) throws(HDF5Error) -> [String] {
    let space = try Handle("H5Aget_space", at: place, close: H5Sclose) { H5Aget_space(handle.id) }
    var pointers = [UnsafePointer<CChar>?](repeating: nil, count: count)
    try read(type, into: &pointers)
    defer {
      pointers.withUnsafeMutableBytes {
        _ = H5Dvlen_reclaim(type, space.id, 0, $0.baseAddress)
      }
    }
    var strings: [String] = []
    for pointer in pointers {
      guard let pointer else {
        strings.append("")
        continue
      }
      strings.append(try text(UnsafeBufferPointer(start: pointer, count: length(of: pointer))))
    }
    return strings
  }

  func fixedStrings(_ type: hid_t) throws(HDF5Error) -> [String] {
    let size = H5Tget_size(type)
    let padding = H5Tget_strpad(type)
    let (byteCount, overflow) = size.multipliedReportingOverflow(by: count)
    // Without this a forged size would ask for memory without end.
    guard size > 0, !overflow, byteCount <= H5Aget_storage_size(handle.id) else {
      throw place.error("is larger than the file; the file is damaged")
    }
    var bytes = [CChar](repeating: 0, count: byteCount)
    try read(type, into: &bytes)
    var strings: [String] = []
    for start in stride(from: 0, to: byteCount, by: size) {
      var field = bytes[start..<(start + size)]
      switch padding {
      case H5T_STR_NULLTERM: field = field.prefix { $0 != 0 }
      case H5T_STR_SPACEPAD: while field.last == CChar(0x20) { field.removeLast() }
      default: while field.last == 0 { field.removeLast() }
      }
      strings.append(try text(field))
    }
    return strings
  }

  private func text(_ bytes: some Collection<CChar>) throws(HDF5Error) -> String {
    guard
      let text = String(validating: bytes.lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self),
      !text.utf8.contains(0)
    else { throw place.error("is not UTF-8 text; the file is damaged") }
    return text
  }

  private func length(of text: UnsafePointer<CChar>) -> Int {
    var length = 0
    while text[length] != 0 { length += 1 }
    return length
  }
}
