/// What the head of a server's answer says of the file.
struct ResponseHead: Hashable {
  private(set) var status = 0
  private(set) var validator: Validator?
  /// The length of the body that follows.
  private(set) var contentLength: Int?
  /// What part of the file the body is.
  private(set) var contentRange: String?
  private(set) var location: String?

  /// Takes in a line.
  ///
  /// A status line begins a new head: redirects have one each.
  mutating func read(line: String) {
    let line = line.trimmed
    if line.hasPrefix("HTTP/") {
      self = ResponseHead()
      let words = line.split(separator: " ", maxSplits: 2)
      status = words.count > 1 ? Int(words[1]) ?? 0 : 0
      return
    }
    guard let colon = line.firstIndex(of: ":") else { return }
    let value = String(line[line.index(after: colon)...]).trimmed
    // Some of it is sent back later.
    guard value.utf8.allSatisfy({ 0x20...0x7E ~= $0 }) else { return }
    switch line[..<colon].lowercased() {
    // A weak tag does not promise the same bytes.
    case "etag" where value.hasPrefix("\""): validator = .etag(value)
    case "last-modified":
      if validator == nil { validator = .lastModified(value) }
    case "content-length": contentLength = Int(value).flatMap { $0 >= 0 ? $0 : nil }
    case "content-range": contentRange = value
    case "location": location = value
    default: break
    }
  }

  /// The first byte and the length of the file that `Content-Range` tells.
  ///
  /// For example `bytes 500-999/1000`; nil if it cannot be understood. The length is nil if it
  /// says `*`.
  var range: (start: Int, total: Int?)? {
    guard let contentRange, contentRange.lowercased().hasPrefix("bytes ") else { return nil }
    let (span, total) = String(contentRange.dropFirst(6)).divided(by: "/")
    let ends = span.split(separator: "-").map { Int(String($0).trimmed) }
    guard ends.count == 2, let start = ends[0], let end = ends[1], 0 <= start, start <= end,
      let total
    else { return nil }
    if total.trimmed == "*" { return (start, nil) }
    guard let length = Int(total.trimmed), length > end else { return nil }
    return (start, length)
  }
}

/// What tells one version of a file from another.
enum Validator: Hashable {
  case etag(String)
  case lastModified(String)

  /// The value of the header If-Range.
  var text: String {
    switch self {
    case .etag(let text), .lastModified(let text): text
    }
  }
}

extension String {
  /// The text without spaces and line ends around it.
  var trimmed: String {
    let isSpace = { (byte: UInt8) in byte == 0x20 || 0x09...0x0D ~= byte }
    let start = utf8.drop(while: isSpace)
    guard let end = start.lastIndex(where: { !isSpace($0) }) else { return "" }
    return String(decoding: start[...end], as: UTF8.self)
  }
}
