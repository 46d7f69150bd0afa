/// How far a download has come.
public struct DownloadProgress: Hashable, Sendable {
  /// The bytes that are there, with those of earlier attempts.
  public let received: Int
  /// The bytes of the whole file; nil if the server does not say.
  public let total: Int?
  /// Bytes a second over the last seconds; nil at first.
  public let rate: Double?

  /// The time that the rest takes at the present rate; nil if that cannot be known.
  public var remaining: Duration? {
    guard let total, let rate, rate > 0 else { return nil }
    return .seconds(Double(max(0, total - received)) / rate)
  }
}

/// What a download tells while it goes on.
public enum DownloadEvent: Hashable, Sendable {
  case progress(DownloadProgress)
  /// An attempt has failed, and another will follow after a pause.
  case retrying(DownloadError, pause: Duration)
  /// Another process downloads the same file.
  case waiting(file: String)
  /// The publisher tells no checksum: what has come was compared with `compared` alone.
  case withoutChecksum(compared: Comparison)
  /// Files are taken out of the archive, of whose bytes so many have been read.
  case unpacking(read: Int, total: Int)

  /// What tells a whole file from a damaged one where there is no checksum.
  public enum Comparison: Hashable, Sendable {
    /// The length that the server told.
    case length
    /// The checksum that gzip puts at the end of what it packs.
    case gzip
  }
}

/// How a file came to be where it is.
public enum DownloadOutcome: Hashable, Sendable {
  /// It was there and is the right one; nobody was asked.
  case alreadyThere
  /// It was downloaded, of which `resumed` bytes before this call.
  case downloaded(resumed: Int)
}
