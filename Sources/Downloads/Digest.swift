internal import CCrypto
internal import Glibc

/// The digest of a file's bytes.
enum Digest {
  /// Reads an open file from its beginning to its end.
  ///
  /// - Parameters:
  ///   - descriptor: The file, whose position does not matter and does not change.
  ///   - path: Its name, for errors.
  ///   - algorithm: How to compute the digest.
  ///   - isStopped: Asked for every piece.
  /// - Returns: Lower-case hexadecimal digits; nil if it was stopped.
  /// - Throws: ``DownloadError/file(path:reason:advice:)`` if the file cannot be read.
  static func ofFile(
    _ descriptor: CInt, path: String, _ algorithm: Checksum.Algorithm,
    isStopped: () -> Bool = { false }
  ) throws(DownloadError) -> String? {
    guard let context = EVP_MD_CTX_new() else { throw .noDigest(algorithm, file: path) }
    defer { EVP_MD_CTX_free(context) }
    // A system in FIPS mode has no MD5.
    let kind = algorithm == .md5 ? EVP_md5() : EVP_sha256()
    guard EVP_DigestInit_ex(context, kind, nil) == 1 else {
      throw .noDigest(algorithm, file: path)
    }
    let size = 1 << 20
    let piece = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
    defer { piece.deallocate() }
    var offset = 0
    while true {
      let count = pread(descriptor, piece, size, offset)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .system(path) }
      if count == 0 { break }
      guard EVP_DigestUpdate(context, piece, count) == 1 else {
        throw .noDigest(algorithm, file: path)
      }
      offset += count
      if isStopped() { return nil }
    }
    var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: CUnsignedInt = 0
    guard EVP_DigestFinal_ex(context, &bytes, &count) == 1 else {
      throw .noDigest(algorithm, file: path)
    }
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.prefix(Int(count)).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
      as: UTF8.self)
  }
}
