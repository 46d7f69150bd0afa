/// The address of a file on a web server, taken apart.
struct WebAddress: Hashable {
  /// `http` or `https`.
  let scheme: String
  /// The host with its port.
  let authority: String
  /// What comes after the host, from its slash on, with the query.
  let path: String

  /// - Throws: ``DownloadError/unusableURL(_:reason:)``.
  init(_ text: String) throws(DownloadError) {
    let isPlain = text.utf8.allSatisfy { 0x21...0x7E ~= $0 }
    guard isPlain, !text.isEmpty else {
      throw .unusableURL(text.debugDescription, reason: "expected ASCII without spaces")
    }
    let (scheme, rest) = text.divided(by: "://")
    guard let rest, ["http", "https"].contains(scheme.lowercased()) else {
      throw .unusableURL(text, reason: "expected http:// or https://")
    }
    let authority = rest.prefix { !"/?#".contains($0) }
    guard !authority.isEmpty else { throw .unusableURL(text, reason: "expected a host") }
    // It would get into messages and files.
    guard !authority.contains("@") else {
      throw .unusableURL(
        "\(scheme)://…@…", reason: "expected no name and password; put them into ~/.netrc")
    }
    self.scheme = scheme.lowercased()
    self.authority = String(authority)
    path = String(rest[authority.endIndex...].prefix { $0 != "#" })
  }

  /// The last component of the path, without a query; nil if that cannot be a file's name.
  var fileName: String? {
    let path = path.prefix { $0 != "?" }
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    let isName = !name.isEmpty && name != "." && name != ".." && name.utf8.count <= 200
    return isName ? String(name) : nil
  }
}

extension String {
  /// What stands before and after the first occurrence of a mark; nil after it if it is not there.
  func divided(by mark: String) -> (before: String, after: String?) {
    let (text, mark) = (Array(utf8), Array(mark.utf8))
    for start in text.indices where text[start...].starts(with: mark) {
      return (
        String(decoding: text[..<start], as: UTF8.self),
        String(decoding: text[(start + mark.count)...], as: UTF8.self)
      )
    }
    return (self, nil)
  }
}
