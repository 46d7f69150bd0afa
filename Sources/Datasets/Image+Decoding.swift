import CImageIO

extension Image {
  /// The most pixels that are decoded: 2²⁹ bytes of RGB, the limit at which Pillow gives up too.
  public static let maximumPixelCount = 178_956_970

  /// Reads a JPEG or PNG file; the content says which, not the name.
  ///
  /// The pixels are those of Pillow's `ImageOps.exif_transpose(image).convert("RGB")`, which are
  /// Keras's `load_img`'s except that Keras ignores the orientation:
  ///
  /// - The EXIF orientation of cameras and phones is applied. Damaged EXIF data count as none.
  /// - Transparency is dropped and leaves the colour below it.
  /// - Of 16 bits the upper 8 are kept. Pillow does so with colours only: it clips grey of 16 bits
  ///   at 255, which leaves nearly white pictures.
  /// - CMYK is taken as inverted, as Adobe's programs write it. Colour profiles are not applied.
  ///
  /// - Throws: ``ImageError``; a file that is cut off or damaged is an error, even where the
  ///   decoder could go on with a warning.
  public init(contentsOf path: String) throws(ImageError) {
    let file = try PictureFile(path)
    let prefix = try file.prefix(ImageFormat.prefixByteCount)
    guard ImageFormat(prefix: prefix[...]) != nil else {
      throw .unsupported(path: path, found: ImageFormat.describe(prefix: prefix[...]))
    }
    try self.init(decoding: try file.contents(), name: path)
  }

  /// Decodes the bytes of a JPEG or PNG file, as ``init(contentsOf:)`` does.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - name: What an error calls it.
  /// - Throws: ``ImageError``.
  public init(decoding bytes: [UInt8], name: String) throws(ImageError) {
    guard let format = ImageFormat(prefix: bytes.prefix(ImageFormat.prefixByteCount)) else {
      let found = ImageFormat.describe(prefix: bytes.prefix(ImageFormat.prefixByteCount))
      throw .unsupported(path: name, found: found)
    }
    let orientation: Orientation
    let stored: Image
    switch format {
    case .jpeg:
      stored = try Image.decoded(
        bytes, name, format, header: cimageio_read_jpeg_header, pixels: cimageio_decode_jpeg)
      orientation = Orientation(jpeg: bytes)
    case .png:
      stored = try Image.decoded(
        bytes, name, format, header: cimageio_read_png_header, pixels: cimageio_decode_png)
      orientation = Orientation(png: bytes)
    }
    self = stored.upright(from: orientation)
  }

  private typealias HeaderReader = (
    UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<cimageio_header>?,
    UnsafeMutablePointer<CChar>?
  ) -> Bool
  private typealias PixelDecoder = (
    UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<UInt8>?, UInt32, UInt32,
    UnsafeMutablePointer<CChar>?
  ) -> Bool

  private static func decoded(
    _ bytes: [UInt8], _ name: String, _ format: ImageFormat,
    header readHeader: HeaderReader, pixels decode: PixelDecoder
  ) throws(ImageError) -> Image {
    var header = cimageio_header()
    var message = [CChar](repeating: 0, count: cimageio_message_capacity)
    guard readHeader(bytes, bytes.count, &header, &message) else {
      throw .corrupt(path: name, format: format.rawValue, reason: text(of: message))
    }
    let (width, height) = (Int(header.width), Int(header.height))
    guard width <= maximumPixelCount, height <= maximumPixelCount / width else {
      throw .tooLarge(path: name, width: width, height: height)
    }
    // So a short file cannot claim memory for a large picture.
    guard bytes.count >= header.least_byte_count else {
      throw .corrupt(
        path: name, format: format.rawValue,
        reason: "\(bytes.count) bytes cannot hold \(width)×\(height) pixels")
    }
    return try Image(width: width, height: height) { pixels throws(ImageError) in
      guard
        decode(
          bytes, bytes.count, pixels.baseAddress, header.width, header.height, &message)
      else {
        throw .corrupt(path: name, format: format.rawValue, reason: text(of: message))
      }
    }
  }

  private static func text(of message: [CChar]) -> String {
    String(
      decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
