/// How patient a download is.
public struct DownloadSettings: Hashable, Sendable {
  /// How long to wait for a connection.
  public var connectTimeout: Duration = .seconds(30)
  /// A transfer that is slower than this for ``stallTimeout`` is given up, in bytes a second.
  public var stallRate = 1024
  public var stallTimeout: Duration = .seconds(60)
  /// The pauses before further attempts, as many as there are of them.
  ///
  /// Only what may pass is tried again: a connection that fails or breaks off, a server in trouble.
  /// An attempt that brought much does not count.
  public var pauses: [Duration] = [.seconds(1), .seconds(2), .seconds(4)]
  /// The longest pause that a server may ask for (Retry-After).
  public var longestPause: Duration = .seconds(60)
  /// How many redirects are followed.
  public var redirectLimit = 10
  /// How many times its own size an archive may unpack to; weights hardly shrink when packed.
  public var unpackingLimit = 100

  public init() {}
}
