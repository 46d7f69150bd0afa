internal import CCurl
internal import Glibc

/// One request for a file, or for the rest of one, and its answer.
final class Transfer {
  /// How it ended, if not with an error.
  enum End {
    case complete
    /// The server's file is not the one that the part is of.
    case startAnew
  }

  private let url: String
  private let settings: DownloadSettings
  private let part: PartFile
  private let isStopped: () -> Bool
  private let report: (DownloadEvent) -> Void
  /// The bytes that there were before.
  private let offset: Int

  private var head = ResponseHead()
  private var hasBegun = false
  private var total: Int?
  private var meter = RateMeter()
  /// What made a callback refuse.
  private var failure: DownloadError?
  private(set) var retryAfter: Duration?

  init(
    _ url: String, _ settings: DownloadSettings, into part: PartFile,
    isStopped: @escaping () -> Bool, report: @escaping (DownloadEvent) -> Void
  ) {
    (self.url, self.settings, self.part) = (url, settings, part)
    (self.isStopped, self.report) = (isStopped, report)
    offset = part.source?.validator == nil ? 0 : part.size
  }

  /// Sends the request and takes in the answer.
  func run() throws(DownloadError) -> End {
    guard Self.library == CURLE_OK, let handle = curl_easy_init() else {
      throw .library("libcurl", reason: "cannot be started")
    }
    defer { curl_easy_cleanup(handle) }
    var lines: UnsafeMutablePointer<curl_slist>?
    defer { curl_slist_free_all(lines) }
    if offset > 0, let validator = part.source?.validator {
      lines = curl_slist_append(lines, "If-Range: \(validator.text)")
    }
    try setUp(handle, lines)
    let code = withoutBrokenPipes { curl_easy_perform(handle) }
    // Beyond an hour it does not matter.
    retryAfter = .seconds(min(3600, max(0, ccurl_retry_after(handle))))
    return try end(code, handle)
  }

  /// curl's state that all transfers share.
  private static let library = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

  private func setUp(
    _ handle: UnsafeMutableRawPointer, _ lines: UnsafeMutablePointer<curl_slist>?
  ) throws(DownloadError) {
    func seconds(_ time: Duration) -> Int {
      max(1, Int((time / .seconds(1)).rounded(.up)))
    }
    let context = Unmanaged.passUnretained(self).toOpaque()
    let isPlain = !url.lowercased().hasPrefix("https:")
    var codes = [
      ccurl_set_text(handle, CURLOPT_URL, url),
      // Who asked for TLS is not led away from it.
      ccurl_allow_protocols(handle, isPlain),
      ccurl_set_number(handle, CURLOPT_FOLLOWLOCATION, 1),
      ccurl_set_number(handle, CURLOPT_MAXREDIRS, settings.redirectLimit),
      ccurl_set_number(handle, CURLOPT_FAILONERROR, 1),
      ccurl_set_number(handle, CURLOPT_NOSIGNAL, 1),
      ccurl_set_number(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1),
      ccurl_set_number(handle, CURLOPT_CONNECTTIMEOUT, seconds(settings.connectTimeout)),
      ccurl_set_number(handle, CURLOPT_LOW_SPEED_LIMIT, settings.stallRate),
      ccurl_set_number(handle, CURLOPT_LOW_SPEED_TIME, seconds(settings.stallTimeout)),
      ccurl_set_number(handle, CURLOPT_NETRC, Int(CURL_NETRC_OPTIONAL.rawValue)),
      ccurl_set_number(handle, CURLOPT_BUFFERSIZE, 1 << 18),
      ccurl_set_text(handle, CURLOPT_USERAGENT, "detection-zoo"),
      ccurl_set_writer(handle, write, context),
      ccurl_set_head_reader(handle, readHead, context),
      ccurl_set_watcher(handle, watch, context),
    ]
    // libcurl leaves this customary variable to its callers.
    if let file = WeightCache.variable("SSL_CERT_FILE"), !file.isEmpty {
      codes.append(ccurl_set_text(handle, CURLOPT_CAINFO, file))
    }
    if offset > 0 {
      codes.append(ccurl_set_text(handle, CURLOPT_RANGE, "\(offset)-"))
      codes.append(ccurl_set_lines(handle, CURLOPT_HTTPHEADER, lines))
    }
    if let code = codes.first(where: { $0 != CURLE_OK }) {
      throw .library("libcurl", reason: String(cString: curl_easy_strerror(code)))
    }
  }

  // MARK: What curl calls

  /// Takes in a line of the head.
  fileprivate func take(line: UnsafeRawBufferPointer) {
    head.read(line: String(decoding: line, as: UTF8.self))
  }

  /// Takes in a piece of the body.
  ///
  /// - Returns: Whether to go on.
  fileprivate func take(body: UnsafeRawBufferPointer) -> Bool {
    do throws(DownloadError) {
      try begin()
      try part.append(body)
      return true
    } catch {
      failure = error
      return false
    }
  }

  /// Tells how far it has come.
  ///
  /// - Returns: Whether to go on.
  fileprivate func look() -> Bool {
    if hasBegun {
      meter.note(part.size, at: .now)
      report(.progress(DownloadProgress(received: part.size, total: total, rate: meter.rate)))
    }
    return !isStopped()
  }

  /// Makes the part ready for the body, whose head has been read.
  private func begin() throws(DownloadError) {
    if hasBegun { return }
    switch head.status {
    case 200:
      total = head.contentLength
      try part.begin(PartSource(url: url, validator: head.validator, total: total))
    case 206 where offset > 0:
      let range = head.range
      guard let range, range.start == offset else {
        throw .wrongRange(url: url, expected: offset, found: head.contentRange ?? "nothing said")
      }
      // A length that has changed is another file, whatever its tag says.
      if let total = range.total, let known = part.source?.total, total != known {
        throw .wrongRange(url: url, expected: offset, found: head.contentRange ?? "")
      }
      total = range.total ?? part.source?.total
    default: throw .status(head.status, url: url)
    }
    if let total { try part.reserve(total - part.size) }
    hasBegun = true
  }

  // MARK: How it ended

  private func end(
    _ code: CURLcode, _ handle: UnsafeMutableRawPointer
  ) throws(DownloadError) -> End {
    if let failure { throw failure }
    let last = ccurl_effective_url(handle).map { String(cString: $0) } ?? url
    let reason = Self.reason(code)
    switch code {
    case CURLE_OK:
      // An empty body is no piece of one.
      try begin()
      guard total == nil || total == part.size else { throw cutShort("another length was told") }
      report(.progress(DownloadProgress(received: part.size, total: total, rate: meter.rate)))
      return .complete
    case CURLE_ABORTED_BY_CALLBACK:
      throw .stopped(file: part.path, received: part.size)
    case CURLE_HTTP_RETURNED_ERROR:
      let status = ccurl_response_code(handle)
      if status == 416 && offset > 0 { return .startAnew }
      throw .status(status, url: last)
    case CURLE_TOO_MANY_REDIRECTS:
      throw .redirect(
        url: url, reason: "the server redirects more than \(settings.redirectLimit) times")
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT:
      guard let location = head.location else { throw .unusableURL(url, reason: reason) }
      throw .redirect(url: url, reason: "the server redirects to \(location)")
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR:
      throw .untrusted(url: last, reason: reason)
    case CURLE_OPERATION_TIMEDOUT where hasBegun:
      let seconds = settings.stallTimeout.components.seconds
      throw cutShort("less than \(settings.stallRate) bytes a second for \(seconds) s")
    case _ where hasBegun: throw cutShort(reason)
    default: throw .unreachable(url: last, reason: reason)
    }
  }

  private func cutShort(_ reason: String) -> DownloadError {
    .cutShort(url: url, received: part.size, total: total, reason: reason)
  }

  private static func reason(_ code: CURLcode) -> String {
    let text = String(cString: curl_easy_strerror(code))
    // `SSL` is a name, `Could` is not.
    let isWord = text.dropFirst().first?.isLowercase == true
    return isWord ? text.prefix(1).lowercased() + text.dropFirst() : text
  }

  /// Keeps a connection that the server has closed from ending the process.
  ///
  /// curl leaves that to its caller where it may not touch signals, and OpenSSL writes to sockets in
  /// the plain way. Others' signals of the kind are not touched either.
  private func withoutBrokenPipes(_ body: () -> CURLcode) -> CURLcode {
    var (pipes, before, pending) = (sigset_t(), sigset_t(), sigset_t())
    sigemptyset(&pipes)
    sigaddset(&pipes, SIGPIPE)
    sigpending(&pending)
    pthread_sigmask(SIG_BLOCK, &pipes, &before)
    let code = body()
    if sigismember(&pending, SIGPIPE) == 0 {
      var now = timespec()
      while sigtimedwait(&pipes, nil, &now) == -1 && errno == EINTR {}
    }
    pthread_sigmask(SIG_SETMASK, &before, nil)
    return code
  }
}

private func transfer(_ context: UnsafeMutableRawPointer?) -> Transfer? {
  context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
}

private func write(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  let body = UnsafeRawBufferPointer(start: bytes, count: size * count)
  return transfer(context)?.take(body: body) == true ? body.count : body.count == 0 ? 1 : 0
}

private func readHead(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  transfer(context)?.take(line: UnsafeRawBufferPointer(start: bytes, count: size * count))
  return size * count
}

private func watch(
  _ context: UnsafeMutableRawPointer?, _: curl_off_t, _: curl_off_t, _: curl_off_t, _: curl_off_t
) -> CInt {
  transfer(context)?.look() == true ? 0 : 1
}
