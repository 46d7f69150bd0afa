internal import CZlib

/// The bytes of a gzip file, unpacked piece by piece.
///
/// Its own checksum and length, and those of further gzip files behind it, are compared on the way:
/// whoever reads to the end knows that the file is whole.
final class GzipReader {
  private let part: PartFile
  private let url: String
  private let limit: Int
  private let watch: (Int) throws(DownloadError) -> Void
  private let stream: UnsafeMutablePointer<z_stream>
  private let input: UnsafeMutableRawBufferPointer
  private var offset = 0
  private var produced = 0
  /// Whether the last gzip file has ended and no other has begun.
  private var isBetween = false

  /// Begins to read.
  ///
  /// - Parameters:
  ///   - part: The file.
  ///   - url: Where it is from, for errors.
  ///   - limit: How many times its own size it may unpack to.
  ///   - watch: Told again and again how many of its bytes have been read; throws to give up.
  /// - Throws: ``DownloadError/library(_:reason:)`` if zlib does not start.
  init(
    _ part: PartFile, url: String, limit: Int,
    watch: @escaping (_ read: Int) throws(DownloadError) -> Void
  ) throws(DownloadError) {
    (self.part, self.url, self.limit, self.watch) = (part, url, limit, watch)
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    input = .allocate(byteCount: 1 << 18, alignment: 64)
    guard czlib_begin_gunzip(stream) == Z_OK else {
      throw .library("zlib", reason: "cannot be started")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  /// The most bytes that the file may unpack to.
  var greatestSize: Int { part.size.multipliedReportingOverflow(by: limit).partialValue }

  /// Reads as many bytes as there is room for, or those that are left.
  ///
  /// - Returns: Their number, less than there is room for only at the end.
  /// - Throws: ``DownloadError`` if the file is damaged, ends too early or unpacks to too much.
  func read(into output: UnsafeMutableRawBufferPointer) throws(DownloadError) -> Int {
    var done = 0
    while done < output.count {
      if stream.pointee.avail_in == 0, try !refill() {
        guard isBetween else { throw .damagedArchive(url: url, reason: "it ends too early") }
        break
      }
      // Zeros may follow, to fill a block of a tape.
      if isBetween, stream.pointee.next_in.pointee == 0 {
        stream.pointee.next_in += 1
        stream.pointee.avail_in -= 1
        continue
      }
      isBetween = false
      let room = min(output.count - done, 1 << 24)
      stream.pointee.next_out = output.baseAddress.map { $0 + done }?
        .assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = UInt32(room)
      let code = inflate(stream, Z_NO_FLUSH)
      let count = room - Int(stream.pointee.avail_out)
      done += count
      produced += count
      guard produced <= greatestSize else { throw tooLarge }
      switch code {
      case Z_OK, Z_BUF_ERROR: break
      case Z_STREAM_END:
        isBetween = true
        inflateReset(stream)
      default:
        let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib's error \(code)"
        throw .damagedArchive(url: url, reason: reason)
      }
    }
    return done
  }

  /// The error of an archive that unpacks to far more than a network's weights can.
  var tooLarge: DownloadError {
    .unusableArchive(
      url: url,
      reason: "expected at most \(limit) times its \(part.size) bytes in it, found more")
  }

  private func refill() throws(DownloadError) -> Bool {
    let count = try part.read(into: input, at: offset)
    stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_in = UInt32(count)
    offset += count
    try watch(offset)
    return count > 0
  }
}
