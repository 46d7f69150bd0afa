import Foundation
import LocalServer
import Testing

@testable import Downloads

/// Files that come in several goes.
@Suite struct ResumeTests {
  /// A server whose first answer ends early.
  static func cutShort(
    after count: Int, then answer: @escaping @Sendable (LocalServer.Request) -> LocalServer.Response
  ) throws -> Scene {
    try Scene { request, number in
      var response = LocalServer.Response.file(content, to: request)
      if number > 0 { return answer(request) }
      response.closesAfter = count
      return response
    }
  }

  @Test func `What has come before the connection closed is gone on with`() throws {
    let scene = try Self.cutShort(after: 30_000) { .file(content, to: $0) }
    defer { scene.server.close() }
    let error = try #require(try scene.failure())
    guard case .cutShort(_, received: 30_000, total: 100_000, _) = error else {
      Issue.record(error)
      return
    }
    #expect(try scene.folder.contents == ["weights.h5.part", "weights.h5.part.source"])
    #expect(try read("\(scene.path).part") == Array(content.prefix(30_000)))

    #expect(try scene.download().run() == .downloaded(resumed: 30_000))
    #expect(try read(scene.path) == content)
    #expect(try scene.folder.contents == ["weights.h5"])
    let request = try #require(scene.server.requests.last)
    #expect(request.headers["range"] == "bytes=30000-")
    #expect(request.headers["if-range"] == "\"1\"")
    #expect(scene.server.bytesSent == content.count)
  }

  @Test func `One call goes on by itself if it may try again`() throws {
    var scene = try Self.cutShort(after: 30_000) { .file(content, to: $0) }
    defer { scene.server.close() }
    scene.settings.pauses = [.zero]
    var pauses = 0
    try scene.download().run { event in
      if case .retrying(.cutShort, _) = event { pauses += 1 }
    }
    #expect(pauses == 1)
    #expect(try read(scene.path) == content)
    #expect(scene.server.bytesSent == content.count)
  }

  @Test func `A stopped download is gone on with`() throws {
    let scene = try Scene { request, number in
      var response = LocalServer.Response.file(content, to: request)
      if number == 0 { response.waitsAfter = 40_000 }
      return response
    }
    defer { scene.server.close() }
    var received = 0
    #expect(throws: DownloadError.stopped(file: "\(scene.path).part", received: 40_000)) {
      try scene.download().run { event in
        if case .progress(let progress) = event { received = progress.received }
      } isStopped: {
        received == 40_000
      }
    }
    #expect(try read("\(scene.path).part").count == 40_000)
    #expect(try scene.download().run() == .downloaded(resumed: 40_000))
    #expect(try read(scene.path) == content)
    #expect(scene.server.bytesSent == content.count)
  }

  @Test(arguments: [100_000, 10_000])
  func `A file that has changed begins anew, though it be shorter`(count: Int) throws {
    let changed = Array(bytes(seed: 2).prefix(count))
    let scene = try Self.cutShort(after: 30_000) { .file(changed, tag: "\"2\"", to: $0) }
    defer { scene.server.close() }
    _ = try scene.failure(nil)
    #expect(try scene.download(nil).run() == .downloaded(resumed: 0))
    #expect(try read(scene.path) == changed)
  }

  @Test func `A time of change serves where there is no tag`() throws {
    let date = "Sun, 06 Nov 1994 08:49:37 GMT"
    let scene = try Scene { request, number in
      var response = LocalServer.Response.file(content, tag: date, to: request)
      response.headers[0] = ("Last-Modified", date)
      if number == 0 { response.closesAfter = 10 }
      return response
    }
    defer { scene.server.close() }
    _ = try scene.failure()
    #expect(try scene.download().run() == .downloaded(resumed: 10))
    #expect(scene.server.requests.last?.headers["if-range"] == date)
  }

  @Test(arguments: ["W/\"1\"", nil])
  func `Without a tag that promises the same bytes it begins anew`(tag: String?) throws {
    let scene = try Scene { request, number in
      var response = LocalServer.Response(200, content)
      if let tag { response.headers = [("ETag", tag)] }
      if number == 0 { response.closesAfter = 30_000 }
      return response
    }
    defer { scene.server.close() }
    _ = try scene.failure()
    #expect(try scene.download().run() == .downloaded(resumed: 0))
    #expect(scene.server.requests.last?.headers["range"] == nil)
    #expect(try read(scene.path) == content)
  }

  @Test func `A server without ranges begins anew`() throws {
    let scene = try Self.cutShort(after: 30_000) { _ in LocalServer.Response(200, content) }
    defer { scene.server.close() }
    _ = try scene.failure()
    #expect(try scene.download().run() == .downloaded(resumed: 0))
    #expect(scene.server.requests.last?.headers["range"] == "bytes=30000-")
    #expect(try read(scene.path) == content)
  }

  @Test func `A server that says the range is beyond the file begins anew`() throws {
    let scene = try Self.cutShort(after: 30_000) { request in
      request.rangeStart == nil ? .file(content, to: request) : LocalServer.Response(416)
    }
    defer { scene.server.close() }
    _ = try scene.failure()
    #expect(try scene.download().run() == .downloaded(resumed: 0))
    #expect(scene.server.requests.count == 3)
    #expect(try read(scene.path) == content)
  }

  @Test(arguments: ["bytes 29999-99999/100000", "bytes 30000-99999/100001", "30000-", nil])
  func `Another range than was asked for is not taken`(range: String?) throws {
    var scene = try Self.cutShort(after: 30_000) { request in
      guard request.rangeStart != nil else { return .file(content, to: request) }
      var response = LocalServer.Response(206, Array(content[30_000...]))
      if let range { response.headers = [("Content-Range", range)] }
      return response
    }
    defer { scene.server.close() }
    _ = try scene.failure()
    scene.settings.pauses = [.zero]
    #expect(try scene.download().run() == .downloaded(resumed: 0))
    #expect(try read(scene.path) == content)
  }

  @Test func `Another address begins anew`() throws {
    let scene = try Self.cutShort(after: 30_000) { .file(content, to: $0) }
    defer { scene.server.close() }
    _ = try scene.failure()
    let other = "\(scene.server.url)/other.h5"
    try Download(other, to: scene.path, checksum: nil, settings: scene.settings).run()
    #expect(scene.server.requests.last?.headers["range"] == nil)
    #expect(try read(scene.path) == content)
  }

  @Test(arguments: ["", "url http://x\nsomething else\n", "url http://x", "total -1\n"])
  func `Bytes of an unknown origin are not gone on with`(source: String) throws {
    let scene = try Scene()
    defer { scene.server.close() }
    try write(content.prefix(500).reversed(), to: "\(scene.path).part")
    try write(source.utf8, to: "\(scene.path).part.source")
    #expect(try scene.download().run() == .downloaded(resumed: 0))
    #expect(try read(scene.path) == content)
  }

  @Test func `A whole part is only checked and named`() throws {
    let scene = try Scene()
    defer { scene.server.close() }
    let source = PartSource(url: scene.url, validator: .etag("\"1\""), total: content.count)
    try write(content, to: "\(scene.path).part")
    try write(source.text.utf8, to: "\(scene.path).part.source")
    #expect(try scene.download().run() == .downloaded(resumed: content.count))
    #expect(scene.server.requests.isEmpty)
    #expect(try read(scene.path) == content)
  }

  @Test func `A part that was damaged is found out at the end`() throws {
    let scene = try Self.cutShort(after: 30_000) { .file(content, to: $0) }
    defer { scene.server.close() }
    _ = try scene.failure()
    try write(content.prefix(30_000).reversed(), to: "\(scene.path).part")
    guard case .wrongChecksum = try scene.failure() else {
      Issue.record("taken for the file")
      return
    }
    #expect(try scene.folder.contents == [])
    #expect(try scene.download().run() == .downloaded(resumed: 0))
  }
}
