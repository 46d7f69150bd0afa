import CImageIO
internal import Glibc

extension Image {
  /// Encodes the picture as a PNG file of 8-bit RGB, without loss.
  ///
  /// - Throws: ``ImageError/unencodable(format:width:height:reason:)`` if memory runs out.
  public func png() throws(ImageError) -> [UInt8] {
    try encoded(as: .png) { pixels, output, message in
      cimageio_encode_png(pixels, width, height, output, message)
    }
  }

  /// Encodes the picture as a JPEG file.
  ///
  /// From quality 90 up colours keep their full resolution, so that lines and letters in colour
  /// stay sharp; below, one colour is kept for four pixels, as cameras do.
  ///
  /// - Parameter quality: From 1 (small) to 100 (close to the original), as libjpeg counts.
  /// - Returns: The file's bytes.
  /// - Throws: ``ImageError/unencodable(format:width:height:reason:)``; no side may be longer than
  ///   65500 pixels.
  public func jpeg(quality: Int = 92) throws(ImageError) -> [UInt8] {
    precondition(1...100 ~= quality, "a JPEG's quality is from 1 to 100, not \(quality)")
    return try encoded(as: .jpeg) { pixels, output, message in
      cimageio_encode_jpeg(pixels, width, height, CInt(quality), output, message)
    }
  }

  /// Writes the picture as a file, whole or not at all; the name's ending says in which format.
  ///
  /// A file of that name is replaced. Folders are not made.
  ///
  /// - Parameter path: Ends in `.png`, `.jpg` or `.jpeg`, in small or capital letters.
  /// - Throws: ``ImageError``.
  public func write(to path: String) throws(ImageError) {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw .unwritable(path: path, reason: "not a name of a file")
    }
    let lowercase = path.lowercased()
    let bytes: [UInt8]
    if lowercase.hasSuffix(".png") {
      bytes = try png()
    } else if [".jpg", ".jpeg"].contains(where: { lowercase.hasSuffix($0) }) {
      bytes = try jpeg()
    } else {
      throw .unknownEnding(path: path)
    }
    if let obstacle = obstacle(at: path) { throw .unwritable(path: path, reason: obstacle) }
    do throws(SystemReason) {
      try replaceFile(at: path, with: bytes)
    } catch {
      throw .unwritable(path: path, reason: error.text)
    }
  }

  private func encoded(
    as format: ImageFormat,
    by encode: (
      UnsafePointer<UInt8>?, UnsafeMutablePointer<cimageio_output>, UnsafeMutablePointer<CChar>?
    ) -> Bool
  ) throws(ImageError) -> [UInt8] {
    var output = cimageio_output()
    defer { cimageio_release(&output) }
    var message = [CChar](repeating: 0, count: cimageio_message_capacity)
    let isDone = pixels.withUnsafeBufferPointer { encode($0.baseAddress, &output, &message) }
    guard isDone else {
      let text = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      throw .unencodable(
        format: format.rawValue, width: width, height: height,
        reason: String(decoding: text, as: UTF8.self))
    }
    return Array(UnsafeBufferPointer(start: output.bytes, count: output.count))
  }
}

/// What stands in a file's place and must not be replaced by one, if anything.
private func obstacle(at path: String) -> String? {
  var status = stat()
  guard stat(path, &status) == 0 else { return nil }
  return switch status.st_mode & S_IFMT {
  case S_IFREG: nil
  case S_IFDIR: "a folder stands in its place"
  // A renaming would turn a device into a file without a word.
  default: "a pipe or device stands in its place"
  }
}

/// Writes a file under another name beside its place and moves it there when it is on the disk.
private func replaceFile(at path: String, with bytes: [UInt8]) throws(SystemReason) {
  let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
  // Short, so that any name that the system takes can be written; hidden from listings.
  let temporary = "\(folder).\(String(UInt64.random(in: .min ... .max), radix: 36)).part"
  let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
  guard descriptor >= 0 else { throw SystemReason() }
  do throws(SystemReason) {
    defer { close(descriptor) }
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done)
      }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { throw SystemReason() }
      done += count
    }
    guard fsync(descriptor) == 0, rename(temporary, path) == 0 else { throw SystemReason() }
  } catch {
    unlink(temporary)
    throw error
  }
}
