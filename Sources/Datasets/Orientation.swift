/// Where the first row and the first column of the stored pixels belong, as EXIF numbers it.
///
/// Source: Exif 2.32 (CIPA DC-008), tag 0x0112.
enum Orientation: Int, CaseIterable {
  case topLeft = 1
  case topRight
  case bottomRight
  case bottomLeft
  case leftTop
  case rightTop
  case rightBottom
  case leftBottom
}

extension Orientation {
  /// Finds the orientation in a JPEG file's APP1 segment.
  init(jpeg bytes: [UInt8]) {
    self = .topLeft
    let reader = ByteReader(bytes[...], isBigEndian: true)
    var offset = 2
    while reader.byte(at: offset) == 0xFF, let marker = reader.byte(at: offset + 1) {
      switch marker {
      case 0xFF:  // filler
        offset += 1
        continue
      case 0x01, 0xD0...0xD7:  // markers without a length
        offset += 2
        continue
      case 0xD9, 0xDA:  // the end, or the first scan
        return
      default: break
      }
      guard let length = reader.integer(at: offset + 2, byteCount: 2), length >= 2,
        offset + 2 + length <= bytes.count
      else { return }
      let payload = bytes[(offset + 4)..<(offset + 2 + length)]
      if marker == 0xE1, payload.starts(with: Self.exifPrefix) {
        self = Orientation(tiff: payload.dropFirst(Self.exifPrefix.count)) ?? .topLeft
        return
      }
      offset += 2 + length
    }
  }

  /// Finds the orientation in a PNG file's `eXIf` chunk.
  init(png bytes: [UInt8]) {
    self = .topLeft
    let reader = ByteReader(bytes[...], isBigEndian: true)
    var offset = 8
    while let length = reader.integer(at: offset, byteCount: 4),
      offset + 12 + length <= bytes.count
    {
      let type = bytes[(offset + 4)..<(offset + 8)]
      if type.elementsEqual("eXIf".utf8) {
        var payload = bytes[(offset + 8)..<(offset + 8 + length)]
        // Against the standard, some programs copy the prefix of JPEG along.
        if payload.starts(with: Self.exifPrefix) {
          payload = payload.dropFirst(Self.exifPrefix.count)
        }
        self = Orientation(tiff: payload) ?? .topLeft
        return
      }
      if type.elementsEqual("IEND".utf8) { return }
      offset += 12 + length
    }
  }

  private static let exifPrefix: [UInt8] = [0x45, 0x78, 0x69, 0x66, 0, 0]

  /// Finds the orientation in EXIF data, which is a TIFF file; nil where they are damaged.
  private init?(tiff bytes: ArraySlice<UInt8>) {
    let isBigEndian: Bool
    switch bytes.prefix(4) {
    case [0x49, 0x49, 42, 0]: isBigEndian = false
    case [0x4D, 0x4D, 0, 42]: isBigEndian = true
    default: return nil
    }
    let reader = ByteReader(bytes, isBigEndian: isBigEndian)
    guard let directory = reader.integer(at: 4, byteCount: 4),
      let entryCount = reader.integer(at: directory, byteCount: 2)
    else { return nil }
    for index in 0..<entryCount {
      let entry = directory + 2 + 12 * index
      guard let tag = reader.integer(at: entry, byteCount: 2) else { return nil }
      guard tag == 0x0112 else { continue }
      // The standard's SHORT, or the LONG and BYTE that some programs write.
      let byteCount =
        switch reader.integer(at: entry + 2, byteCount: 2) {
        case 1: 1
        case 3: 2
        case 4: 4
        default: 0
        }
      guard byteCount > 0, reader.integer(at: entry + 4, byteCount: 4) == 1,
        let value = reader.integer(at: entry + 8, byteCount: byteCount)
      else { return nil }
      self.init(rawValue: value)
      return
    }
    return nil
  }
}

/// Reads integers at offsets that a file names, which may lie anywhere.
private struct ByteReader {
  private let bytes: ArraySlice<UInt8>
  private let isBigEndian: Bool

  init(_ bytes: ArraySlice<UInt8>, isBigEndian: Bool) {
    (self.bytes, self.isBigEndian) = (bytes, isBigEndian)
  }

  /// The byte at an offset from the start, or nil beyond the end.
  func byte(at offset: Int) -> UInt8? {
    offset < bytes.count ? bytes[bytes.startIndex + offset] : nil
  }

  /// The unsigned integer of up to four bytes at an offset, or nil where it is not all there.
  func integer(at offset: Int, byteCount: Int) -> Int? {
    guard offset + byteCount <= bytes.count else { return nil }
    let start = bytes.startIndex + offset
    return (0..<byteCount).reduce(0) { value, index in
      value << 8 | Int(bytes[start + (isBigEndian ? index : byteCount - 1 - index)])
    }
  }
}
