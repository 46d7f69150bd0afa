internal import CImageIO

/// What a picture file says of its size before its pixels.
public struct PictureHeader: Hashable, Sendable {
  /// The extent from left to right of the upright picture, in pixels.
  public let width: Int
  /// The extent from top to bottom of the upright picture, in pixels.
  public let height: Int
  /// Whether the pixels are stored lying on a side, by the EXIF orientation.
  public let isTurned: Bool

  /// Reads the size of a JPEG or PNG file, as ``Image/init(contentsOf:)`` would find it.
  ///
  /// The pixels are not read, so damage to them goes unnoticed. Of most files a few kilobytes are
  /// read.
  ///
  /// - Throws: ``ImageError``.
  public init(contentsOf path: String) throws(ImageError) {
    let file = try PictureFile(path)
    var bytes = try file.prefix(Self.prefixByteCounts[0])
    guard let format = ImageFormat(prefix: bytes.prefix(ImageFormat.prefixByteCount)) else {
      let found = ImageFormat.describe(prefix: bytes.prefix(ImageFormat.prefixByteCount))
      throw .unsupported(path: path, found: found)
    }
    var stored = Result { () throws(ImageError) in try Self.stored(bytes, format, path) }
    for limit in Self.prefixByteCounts.dropFirst() {
      guard case .failure = stored, bytes.count < file.byteCount else { break }
      // A profile or a thumbnail takes more room than that.
      bytes = try file.prefix(limit)
      stored = Result { () throws(ImageError) in try Self.stored(bytes, format, path) }
    }
    let header = try stored.get()
    let (width, height) = (Int(header.width), Int(header.height))
    guard width <= Image.maximumPixelCount, height <= Image.maximumPixelCount / width else {
      throw .tooLarge(path: path, width: width, height: height)
    }
    guard file.byteCount >= header.least_byte_count else {
      throw .corrupt(
        path: path, format: format.rawValue,
        reason: "\(file.byteCount) bytes cannot hold \(width)×\(height) pixels")
    }
    let orientation =
      switch format {
      case .jpeg: Orientation(jpeg: bytes)
      case .png: try Orientation(png: file)
      }
    isTurned = orientation.rawValue >= Orientation.leftTop.rawValue
    (self.width, self.height) = isTurned ? (height, width) : (width, height)
  }

  /// How much is read at first, if that is not enough, and at last.
  private static let prefixByteCounts = [1 << 14, 1 << 18, .max]

  private static func stored(
    _ bytes: [UInt8], _ format: ImageFormat, _ path: String
  ) throws(ImageError) -> cimageio_header {
    var header = cimageio_header()
    var message = [CChar](repeating: 0, count: cimageio_message_capacity)
    let isRead =
      switch format {
      case .jpeg: cimageio_read_jpeg_header(bytes, bytes.count, &header, &message)
      case .png: cimageio_read_png_header(bytes, bytes.count, &header, &message)
      }
    guard isRead, header.width > 0, header.height > 0 else {
      let reason = String(
        decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      throw .corrupt(path: path, format: format.rawValue, reason: reason)
    }
    return header
  }
}

extension Orientation {
  /// Finds the orientation in a PNG file without reading the pixels, behind which it may stand.
  fileprivate init(png file: borrowing PictureFile) throws(ImageError) {
    self = .topLeft
    let signature = try file.prefix(8)
    var offset = signature.count
    for _ in 0..<Self.chunkLimit {
      let start = try file.read(8, at: offset)
      guard start.count == 8 else { return }
      let length = start.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      if start[4...].elementsEqual("eXIf".utf8) {
        self = Orientation(png: signature + (try file.read(min(length + 12, 1 << 20), at: offset)))
        return
      }
      if start[4...].elementsEqual("IEND".utf8) { return }
      offset += 12 + length
    }
    self = Orientation(png: try file.contents())
  }

  /// So that a file of empty chunks does not take a call for every twelve bytes.
  private static let chunkLimit = 100_000
}
