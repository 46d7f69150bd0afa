/// What tells a whole file from a damaged one.
///
/// It guards against accidents of transport; who could change the file on an official host could
/// change what is said of it too.
public struct Checksum: Hashable, Sendable, CustomStringConvertible {
  /// How a digest is computed.
  public enum Algorithm: String, Sendable {
    case md5
    case sha256

    /// The length of the digest in hexadecimal digits.
    var digitCount: Int { self == .md5 ? 32 : 64 }
  }

  public let algorithm: Algorithm
  /// The digest in lower-case hexadecimal digits, or its beginning if the publisher tells no more.
  public let digits: String

  /// Makes a checksum of an MD5 digest.
  ///
  /// - Parameter digits: 32 hexadecimal digits.
  /// - Returns: The checksum.
  /// - Throws: ``DownloadError/unusableChecksum(_:expected:)`` if they are not.
  public static func md5(_ digits: String) throws(DownloadError) -> Checksum {
    try Checksum(.md5, digits, lengths: 32...32)
  }

  /// Makes a checksum of a SHA-256 digest or its beginning.
  ///
  /// - Parameter digits: 8 to 64 hexadecimal digits. PyTorch's file names have eight, which is
  ///   enough to notice damage.
  /// - Returns: The checksum.
  /// - Throws: ``DownloadError/unusableChecksum(_:expected:)`` if they are not.
  public static func sha256(_ digits: String) throws(DownloadError) -> Checksum {
    try Checksum(.sha256, digits, lengths: 8...64)
  }

  private init(
    _ algorithm: Algorithm, _ digits: String, lengths: ClosedRange<Int>
  ) throws(DownloadError) {
    let isHexadecimal = digits.utf8.allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
    guard isHexadecimal, lengths ~= digits.utf8.count else {
      let least = lengths.lowerBound == lengths.upperBound ? "" : "\(lengths.lowerBound) to "
      throw .unusableChecksum(digits, expected: "\(least)\(lengths.upperBound) hexadecimal digits")
    }
    (self.algorithm, self.digits) = (algorithm, digits.lowercased())
  }

  /// The checksum as text, for example `sha256:11ad3fa6`.
  public var description: String { "\(algorithm.rawValue):\(digits)" }

  /// Whether a digest is the expected one.
  ///
  /// - Parameter digest: All its digits, in lower case.
  /// - Returns: Whether it begins with those that are known.
  func matches(_ digest: String) -> Bool { digest.hasPrefix(digits) }
}
