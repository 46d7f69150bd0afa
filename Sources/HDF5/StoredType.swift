internal import CHDF5
internal import Tensors

/// The type of a data set's numbers as its file has it.
struct StoredType {
  let name: String
  let elementType: ElementType?
  let isBigEndian: Bool

  /// Recognises a type.
  ///
  /// A float counts as one of the usual only if every field of it is as IEEE 754 has it: libhdf5
  /// would convert any other layout of bits without a word, and such a one is rather a damaged file.
  init(_ type: hid_t, at place: Place) throws(HDF5Error) {
    for candidate in Self.floats {
      for isBigEndian in [false, true] {
        let known = try makeType(candidate, isBigEndian: isBigEndian, at: place)
        if H5Tequal(type, known.id) > 0 {
          name = (isBigEndian ? "big-endian " : "") + candidate.rawValue
          elementType = candidate
          self.isBigEndian = isBigEndian
          return
        }
      }
    }
    let size = H5Tget_size(type)
    isBigEndian = H5Tget_order(type) == H5T_ORDER_BE
    if H5Tget_class(type) == H5T_OPAQUE, size == 2, Self.tag(of: type) == "" {
      // Python's libraries have no bfloat16 of HDF5's own: they store its bytes as they are.
      (name, elementType) = ("bfloat16", .bfloat16)
      return
    }
    elementType = nil
    name = Self.name(of: type, size: size, isBigEndian: isBigEndian)
  }

  private static let floats: [ElementType] = [.float32, .float16, .float64]

  private static func tag(of type: hid_t) -> String? {
    guard let tag = H5Tget_tag(type) else { return nil }
    defer { H5free_memory(tag) }
    return String(cString: tag)
  }

  private static func name(of type: hid_t, size: Int, isBigEndian: Bool) -> String {
    let order = isBigEndian ? "big-endian " : ""
    switch H5Tget_class(type) {
    case H5T_INTEGER:
      return order + (H5Tget_sign(type) == H5T_SGN_NONE ? "uint\(size * 8)" : "int\(size * 8)")
    case H5T_FLOAT: return "\(order)\(size * 8)-bit float of an unusual layout"
    case H5T_STRING: return "text"
    case H5T_OPAQUE: return "opaque of \(size) bytes"
    case H5T_ENUM: return "enumeration"
    case H5T_COMPOUND: return "compound of \(size) bytes"
    case H5T_REFERENCE: return "reference"
    case H5T_VLEN: return "lists of varying length"
    case H5T_ARRAY: return "arrays of \(size) bytes"
    default: return "unknown type of \(size) bytes"
    }
  }
}

/// Makes libhdf5's type for numbers of the given type.
func makeType(
  _ elementType: ElementType, isBigEndian: Bool = false, at place: Place
) throws(HDF5Error) -> Handle {
  switch elementType {
  case .float32:
    return try Handle("H5Tcopy", at: place, close: H5Tclose) {
      H5Tcopy(isBigEndian ? chdf5_float32_be() : chdf5_float32_le())
    }
  case .float64:
    return try Handle("H5Tcopy", at: place, close: H5Tclose) {
      H5Tcopy(isBigEndian ? chdf5_float64_be() : chdf5_float64_le())
    }
  case .float16:
    // libhdf5 before 1.14.4 has no binary16: a binary32 with its fields moved, then shortened.
    let type = try Handle("H5Tcopy", at: place, close: H5Tclose) {
      H5Tcopy(isBigEndian ? chdf5_float32_be() : chdf5_float32_le())
    }
    try check("H5Tset_fields", at: place) { H5Tset_fields(type.id, 15, 10, 5, 0, 10) }
    try check("H5Tset_size", at: place) { H5Tset_size(type.id, 2) }
    try check("H5Tset_ebias", at: place) { H5Tset_ebias(type.id, 15) }
    return type
  case .bfloat16:
    let type = try Handle("H5Tcreate", at: place, close: H5Tclose) { H5Tcreate(H5T_OPAQUE, 2) }
    try check("H5Tset_tag", at: place) { H5Tset_tag(type.id, "") }
    return type
  }
}
