/// The kind of a picture file, told by its first bytes: names of files lie.
enum ImageFormat: String {
  case jpeg = "JPEG"
  case png = "PNG"

  /// How many bytes from the start of a file decide.
  static let prefixByteCount = 512

  init?(prefix: ArraySlice<UInt8>) {
    if prefix.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if prefix.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else {
      return nil
    }
  }

  /// What a file that is not read seems to be, for an error message.
  static func describe(prefix: ArraySlice<UInt8>) -> String {
    if prefix.isEmpty { return "an empty file" }
    for (name, offset, signature) in others
    where prefix.dropFirst(offset).starts(with: signature.utf8) {
      return name
    }
    if let name = describe(container: prefix) { return name }
    if prefix.starts(with: [0xFF, 0x0A]) { return "JPEG XL" }
    if prefix.starts(with: [0xFF, 0x4F, 0xFF, 0x51]) { return "JPEG 2000" }
    if prefix.starts(with: [0x89, 0x48, 0x44, 0x46]) { return "HDF5" }
    if prefix.starts(with: [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]) { return "a NumPy array" }
    if isText(prefix) { return "text" }
    let digits = prefix.prefix(4).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return "data that starts with the bytes \(digits.joined(separator: " "))"
  }

  private static let others: [(name: String, offset: Int, signature: String)] = [
    ("GIF", 0, "GIF8"), ("BMP", 0, "BM"), ("WebP", 8, "WEBP"), ("TIFF", 0, "II*\0"),
    ("TIFF", 0, "MM\0*"), ("JPEG 2000", 4, "jP  "), ("JPEG XL", 4, "JXL "),
    ("Photoshop", 0, "8BPS"), ("PDF", 0, "%PDF"), ("ZIP", 0, "PK\u{3}\u{4}"),
    ("QOI", 0, "qoif"), ("PPM", 0, "P6\n"),
  ]

  /// The container of phones' and cameras' pictures and films, by its brand.
  private static func describe(container prefix: ArraySlice<UInt8>) -> String? {
    guard prefix.dropFirst(4).starts(with: "ftyp".utf8) else { return nil }
    return switch String(decoding: prefix.dropFirst(8).prefix(4), as: UTF8.self) {
    case "heic", "heix", "hevc", "heim", "heis", "mif1", "msf1": "HEIC"
    case "avif", "avis": "AVIF"
    default: "a film (MP4)"
    }
  }

  private static func isText(_ prefix: ArraySlice<UInt8>) -> Bool {
    // A character may be cut at the end of the prefix, so only control characters decide.
    prefix.allSatisfy { $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) }
      && (prefix.count < prefixByteCount ? String(validating: prefix, as: UTF8.self) != nil : true)
  }
}
