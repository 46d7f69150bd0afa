import Foundation
import LocalServer
import Testing

@testable import Downloads

/// Files that come in one go.
@Suite struct DownloadTests {
  @Test func `A file arrives whole, and nothing is left beside it`() throws {
    let scene = try Scene()
    defer { scene.server.close() }
    #expect(try scene.download().run() == .downloaded(resumed: 0))
    #expect(try read(scene.path) == content)
    #expect(try scene.folder.contents == ["weights.h5"])
    #expect(scene.server.requests.map(\.path) == ["/weights.h5"])
    #expect(scene.server.requests.first?.headers["range"] == nil)
  }

  @Test func `SHA-256 is compared as far as the publisher tells it`() throws {
    for digits in [contentSHA256, String(contentSHA256.prefix(8)), contentSHA256.uppercased()] {
      let scene = try Scene()
      defer { scene.server.close() }
      #expect(try scene.download(.sha256(digits)).run() == .downloaded(resumed: 0))
    }
  }

  @Test func `A file that is there is not asked for again`() throws {
    let scene = try Scene()
    defer { scene.server.close() }
    try write(content, to: scene.path)
    #expect(try scene.download().run() == .alreadyThere)
    #expect(try scene.download(nil).run() == .alreadyThere)
    #expect(scene.server.requests.isEmpty)
    #expect(try scene.folder.contents == ["weights.h5"])
  }

  @Test func `A damaged file that is there is replaced`() throws {
    let scene = try Scene()
    defer { scene.server.close() }
    try write(content.reversed(), to: scene.path)
    #expect(try scene.download().run() == .downloaded(resumed: 0))
    #expect(try read(scene.path) == content)
  }

  @Test func `A file with another checksum is removed, and both digests are told`() throws {
    let scene = try Scene()
    defer { scene.server.close() }
    let expected = try Checksum.sha256("00000000")
    let error = try #require(try scene.failure(expected))
    #expect(
      error
        == .wrongChecksum(
          url: scene.url, file: "\(scene.path).part", expected: expected, found: contentSHA256))
    #expect("\(error)".contains("expected sha256:00000000, found sha256:\(contentSHA256);"))
    #expect(try scene.folder.contents == [])
  }

  @Test func `Folders above the file are made`() throws {
    let scene = try Scene()
    defer { scene.server.close() }
    let path = "\(scene.folder.path)/a/b/weights.h5"
    try Download(scene.url, to: path, checksum: nil, settings: scene.settings).run()
    #expect(try read(path) == content)
  }

  @Test func `Chunks without a length arrive`() throws {
    let scene = try Scene { _, _ in
      var response = LocalServer.Response(200, content)
      response.isChunked = true
      return response
    }
    defer { scene.server.close() }
    var totals: [Int?] = []
    try scene.download().run { event in
      if case .progress(let progress) = event { totals.append(progress.total) }
    }
    #expect(try read(scene.path) == content)
    #expect(!totals.isEmpty && totals.allSatisfy { $0 == nil })
  }

  @Test func `An empty file arrives`() throws {
    let scene = try Scene { _, _ in LocalServer.Response(200) }
    defer { scene.server.close() }
    #expect(try scene.download(.md5("d41d8cd98f00b204e9800998ecf8427e")).run() != .alreadyThere)
    #expect(try read(scene.path) == [])
  }

  @Test func `Progress grows to the whole`() throws {
    let scene = try Scene()
    defer { scene.server.close() }
    var all: [DownloadProgress] = []
    try scene.download().run { event in
      if case .progress(let progress) = event { all.append(progress) }
    }
    #expect(all.map(\.received) == all.map(\.received).sorted())
    #expect(all.last?.received == content.count)
    #expect(all.allSatisfy { $0.total == content.count })
  }

  @Test func `A redirect is followed`() throws {
    let scene = try Scene { request, _ in
      if request.path == "/moved" { return .file(content, to: request) }
      var response = LocalServer.Response(302, Array("elsewhere".utf8))
      response.headers = [("Location", "/moved")]
      return response
    }
    defer { scene.server.close() }
    try scene.download().run()
    #expect(try read(scene.path) == content)
    #expect(scene.server.requests.map(\.path) == ["/weights.h5", "/moved"])
  }

  @Test func `Two at once are one download`() throws {
    let scene = try Scene { request, _ in
      var response = LocalServer.Response.file(content, to: request)
      response.waitsAfter = 50_000
      return response
    }
    defer { scene.server.close() }
    let download = try scene.download()
    nonisolated(unsafe) var first: DownloadOutcome?
    let thread = Thread { first = try? download.run() }
    thread.start()
    while scene.server.bytesSent < 50_000 && !thread.isFinished { usleep(1000) }
    var events: [DownloadEvent] = []
    let second = try download.run { event in
      events.append(event)
      scene.server.goOn()
    }
    while !thread.isFinished { usleep(1000) }
    #expect(first == .downloaded(resumed: 0))
    #expect(second == .alreadyThere)
    #expect(events == [.waiting(file: scene.path)])
    #expect(scene.server.requests.count == 1)
    #expect(try scene.folder.contents == ["weights.h5"])
    #expect(try read(scene.path) == content)
  }

  @Test func `Who waits for another can be stopped`() throws {
    let scene = try Scene()
    defer { scene.server.close() }
    let part = try PartFile(of: scene.path) {}
    #expect(throws: DownloadError.stopped(file: "\(scene.path).part", received: 0)) {
      try scene.download().run(isStopped: { true })
    }
    #expect(part.size == 0)
    #expect(scene.server.requests.isEmpty)
  }
}
