/// A server that has copies of what the official hosts have.
///
/// `https://host/path` is at `<mirror>/host/path`, so a mirror is what
/// `wget --recursive --force-directories` makes, or a proxy that knows nothing of TLS. Checksums are
/// compared all the same.
public struct Mirror: Hashable, Sendable {
  /// The address, without slashes at its end.
  public let base: String

  /// Makes a mirror of its address.
  ///
  /// - Throws: ``DownloadError/unusableMirror(_:reason:)`` if it is no address.
  public init(_ base: String) throws(DownloadError) {
    let address: WebAddress
    do { address = try WebAddress(base) } catch {
      guard case .unusableURL(let text, let reason) = error else { throw error }
      throw .unusableMirror(text, reason: reason)
    }
    guard !address.path.contains("?") else {
      throw .unusableMirror(base, reason: "expected no query")
    }
    var base = "\(address.scheme)://\(address.authority)\(address.path)"
    while base.hasSuffix("/") { base.removeLast() }
    self.base = base
  }

  /// The address of the copy of a file.
  ///
  /// - Throws: ``DownloadError/unusableURL(_:reason:)`` if the file's own is no address.
  public func url(of url: String) throws(DownloadError) -> String {
    let address = try WebAddress(url)
    return "\(base)/\(address.authority)\(address.path)"
  }
}
