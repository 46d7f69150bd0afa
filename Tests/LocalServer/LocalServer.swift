import Foundation
import Glibc
import Synchronization

/// A web server on 127.0.0.1 that does as a test says, faults included.
///
/// One thread for each connection, one request for each connection. It speaks as much HTTP/1.1 as
/// that needs.
public final class LocalServer: Sendable {
  public struct Request: Sendable {
    /// The path with the query.
    public let path: String
    /// By their names in lower case.
    public let headers: [String: String]

    /// The first byte asked for, if there is `Range: bytes=N-`.
    public var rangeStart: Int? {
      guard let range = headers["range"], range.hasPrefix("bytes="), range.hasSuffix("-") else {
        return nil
      }
      return Int(range.dropFirst(6).dropLast())
    }
  }

  public struct Response: Sendable {
    public var status = 200
    public var headers: [(name: String, value: String)] = []
    public var body: [UInt8] = []
    /// Whether to say how long the body is.
    public var tellsLength = true
    /// Whether to send the body in chunks, which say where it ends.
    public var isChunked = false
    /// The connection is closed after so many bytes of the body.
    public var closesAfter: Int?
    /// The server waits after so many bytes of the body, until ``LocalServer/goOn()``.
    public var waitsAfter: Int?

    public init(_ status: Int = 200, _ body: [UInt8] = []) {
      (self.status, self.body) = (status, body)
    }
  }

  private struct State {
    var requests: [Request] = []
    var bytesSent = 0
    var mayGoOn = false
    var isClosed = false
  }

  private let state = Mutex(State())
  private let listener: CInt
  private let answer: @Sendable (Request, _ number: Int) -> Response
  /// The address of the server's root, without a slash at its end.
  public let url: String

  /// Starts a server.
  ///
  /// - Parameter answer: What to say to a request, of which `number` have come before.
  /// - Throws: What the system says if there is no port.
  public init(_ answer: @escaping @Sendable (Request, _ number: Int) -> Response) throws {
    self.answer = answer
    listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let socket = listener
    let isOpen = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, length) == 0 && listen(socket, 16) == 0
          && getsockname(socket, $0, &length) == 0
      }
    }
    guard isOpen else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
    Thread { [self] in accept() }.start()
  }

  /// The requests so far.
  public var requests: [Request] { state.withLock { $0.requests } }
  /// The bytes of bodies sent so far.
  public var bytesSent: Int { state.withLock { $0.bytesSent } }

  /// Lets answers go on that wait.
  public func goOn() { state.withLock { $0.mayGoOn = true } }

  /// Ends the server; connections to it are refused from now on.
  public func close() {
    let wasClosed = state.withLock { state in
      defer { (state.isClosed, state.mayGoOn) = (true, true) }
      return state.isClosed
    }
    if !wasClosed { shutdown(listener, CInt(SHUT_RDWR)) }
  }

  private func accept() {
    while true {
      let connection = Glibc.accept(listener, nil, nil)
      if connection < 0 {
        if state.withLock({ $0.isClosed }) { break }
        continue
      }
      Thread { [self] in
        serve(connection)
        Glibc.close(connection)
      }.start()
    }
    Glibc.close(listener)
  }

  private func serve(_ connection: CInt) {
    guard let request = Self.readRequest(connection) else { return }
    let number = state.withLock { state in
      state.requests.append(request)
      return state.requests.count - 1
    }
    let response = answer(request, number)
    var head = "HTTP/1.1 \(response.status) Status\r\nConnection: close\r\n"
    for (name, value) in response.headers { head += "\(name): \(value)\r\n" }
    if response.isChunked {
      head += "Transfer-Encoding: chunked\r\n"
    } else if response.tellsLength {
      head += "Content-Length: \(response.body.count)\r\n"
    }
    guard Self.send(Array((head + "\r\n").utf8), connection) else { return }
    let end = min(response.closesAfter ?? .max, response.body.count)
    var sent = 0
    while sent < end {
      if let waits = response.waitsAfter, sent >= waits {
        while !state.withLock({ $0.mayGoOn }) { usleep(1000) }
      }
      var next = min(end, sent + 4096)
      if let waits = response.waitsAfter, sent < waits { next = min(next, waits) }
      let piece = Array(response.body[sent..<next])
      let size = String(piece.count, radix: 16)
      let bytes =
        response.isChunked ? Array("\(size)\r\n".utf8) + piece + Array("\r\n".utf8) : piece
      guard Self.send(bytes, connection) else { return }
      state.withLock { $0.bytesSent += piece.count }
      sent = next
    }
    if response.isChunked, response.closesAfter == nil {
      _ = Self.send(Array("0\r\n\r\n".utf8), connection)
    }
  }

  private static func readRequest(_ connection: CInt) -> Request? {
    var text: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while !text.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      let count = recv(connection, &piece, piece.count, 0)
      guard count > 0 else { return nil }
      text += piece.prefix(count)
    }
    var lines = String(decoding: text, as: UTF8.self).components(separatedBy: "\r\n")
    let words = lines.removeFirst().split(separator: " ")
    guard words.count == 3 else { return nil }
    var headers: [String: String] = [:]
    for line in lines {
      guard let colon = line.firstIndex(of: ":") else { continue }
      headers[line[..<colon].lowercased()] =
        line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    return Request(path: String(words[1]), headers: headers)
  }

  private static func send(_ bytes: [UInt8], _ connection: CInt) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(
          connection, $0.baseAddress.map { $0 + done }, bytes.count - done,
          CInt(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }
}

extension LocalServer.Response {
  /// What a server says that knows ranges and tags.
  public static func file(
    _ body: [UInt8], tag: String = "\"1\"", to request: LocalServer.Request
  ) -> LocalServer.Response {
    let isSame = request.headers["if-range"].map { $0 == tag } ?? true
    if let start = request.rangeStart, isSame {
      guard start < body.count else { return LocalServer.Response(416) }
      var response = LocalServer.Response(206, Array(body[start...]))
      response.headers = [
        ("ETag", tag), ("Content-Range", "bytes \(start)-\(body.count - 1)/\(body.count)"),
      ]
      return response
    }
    var response = LocalServer.Response(200, body)
    response.headers = [("ETag", tag), ("Accept-Ranges", "bytes")]
    return response
  }
}
