import Foundation
import LocalServer
import Testing

@testable import Downloads

/// Files that do not come.
@Suite struct FailureTests {
  @Test(arguments: [404, 403, 410, 204, 300])
  func `A refusal is told with its status and address, at once`(status: Int) throws {
    var scene = try Scene { _, _ in LocalServer.Response(status, Array("sorry".utf8)) }
    defer { scene.server.close() }
    scene.settings.pauses = [.zero, .zero]
    let error = try #require(try scene.failure())
    #expect(error == .status(status, url: scene.url))
    #expect("\(error)".hasPrefix("\(scene.url): ") && "\(error)".contains("found \(status)"))
    #expect(scene.server.requests.count == 1)
    #expect(try scene.folder.contents == [])
  }

  @Test(arguments: [500, 503, 429])
  func `A server in trouble is asked again`(status: Int) throws {
    var scene = try Scene { request, number in
      number < 2 ? LocalServer.Response(status) : .file(content, to: request)
    }
    defer { scene.server.close() }
    scene.settings.pauses = [.zero, .zero]
    try scene.download().run()
    #expect(try read(scene.path) == content)
    #expect(scene.server.requests.count == 3)
  }

  @Test func `A server in lasting trouble is given up`() throws {
    var scene = try Scene { _, _ in LocalServer.Response(503) }
    defer { scene.server.close() }
    scene.settings.pauses = [.zero, .zero]
    #expect(try scene.failure() == .status(503, url: scene.url))
    #expect(scene.server.requests.count == 3)
  }

  @Test func `The pause that a server asks for is kept, up to a limit`() throws {
    var scene = try Scene { request, number in
      if number > 0 { return .file(content, to: request) }
      var response = LocalServer.Response(503)
      response.headers = [("Retry-After", "3000")]
      return response
    }
    defer { scene.server.close() }
    scene.settings.pauses = [.zero]
    scene.settings.longestPause = .milliseconds(3)
    var pauses: [Duration] = []
    try scene.download().run { event in
      if case .retrying(_, let pause) = event { pauses.append(pause) }
    }
    #expect(pauses == [.milliseconds(3)])
  }

  @Test func `A pause can be stopped`() throws {
    var scene = try Scene { _, _ in LocalServer.Response(503) }
    defer { scene.server.close() }
    scene.settings.pauses = [.seconds(3600)]
    var isStopped = false
    #expect(throws: DownloadError.stopped(file: "\(scene.path).part", received: 0)) {
      try scene.download().run(report: { _ in isStopped = true }, isStopped: { isStopped })
    }
  }

  @Test func `A redirect in a circle ends`() throws {
    let scene = try Scene { _, _ in
      var response = LocalServer.Response(302)
      response.headers = [("Location", "/weights.h5")]
      return response
    }
    defer { scene.server.close() }
    guard case .redirect(scene.url, _) = try scene.failure() else {
      Issue.record("followed for ever")
      return
    }
    #expect(scene.server.requests.count == 11)
  }

  @Test(arguments: ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x"])
  func `A redirect leads to HTTP only`(location: String) throws {
    let scene = try Scene { _, _ in
      var response = LocalServer.Response(302)
      response.headers = [("Location", location)]
      return response
    }
    defer { scene.server.close() }
    guard case .redirect(scene.url, let reason) = try scene.failure() else {
      Issue.record("followed")
      return
    }
    #expect(reason.hasSuffix(location))
    #expect(try scene.folder.contents == [])
  }

  @Test func `A refused connection is told after the attempts there are`() throws {
    var scene = try Scene()
    scene.server.close()
    scene.settings.pauses = [.zero, .zero]
    var attempts = 1
    let download = try scene.download()
    do throws(DownloadError) {
      try download.run { _ in attempts += 1 }
      Issue.record("succeeded")
    } catch {
      guard case .unreachable = error else { throw error }
      #expect("\(error)".hasPrefix("\(scene.url)") && "\(error)".contains("connect"))
    }
    #expect(attempts == 3)
    #expect(try scene.folder.contents == [])
  }

  @Test func `A name that means no host is told`() throws {
    let folder = try TemporaryFolder()
    var settings = DownloadSettings()
    settings.pauses = []
    // RFC 6761: never a host.
    let download = try Download(
      "http://nowhere.invalid/x", to: "\(folder.path)/x", checksum: nil, settings: settings)
    do throws(DownloadError) {
      try download.run()
      Issue.record("succeeded")
    } catch {
      #expect("\(error)".contains("nowhere.invalid"))
    }
  }

  @Test func `A connection that brings nothing is given up`() throws {
    var scene = try Scene { request, _ in
      var response = LocalServer.Response.file(content, to: request)
      response.waitsAfter = 10_000
      return response
    }
    defer { scene.server.close() }
    // More than there is: curl averages over some seconds, which need not be waited for.
    scene.settings.stallRate = 1 << 40
    scene.settings.stallTimeout = .seconds(1)
    guard case .cutShort(_, received: 10_000, total: 100_000, let reason) = try scene.failure()
    else {
      Issue.record("waited for")
      return
    }
    #expect(reason == "less than \(1 << 40) bytes a second for 1 s")
    #expect(try scene.folder.contents == ["weights.h5.part", "weights.h5.part.source"])
  }

  @Test func `A server that says nothing is told`() throws {
    let scene = try Scene { _, _ in
      var response = LocalServer.Response(200, content)
      response.closesAfter = 0
      return response
    }
    defer { scene.server.close() }
    #expect(try scene.failure() != nil)
    #expect(try scene.folder.contents == [])
  }

  @Test func `Chunks that end early are not taken for the whole`() throws {
    let scene = try Scene { _, _ in
      var response = LocalServer.Response(200, content)
      (response.isChunked, response.closesAfter) = (true, 40_960)
      return response
    }
    defer { scene.server.close() }
    guard case .cutShort(_, received: 40_960, total: nil, _) = try scene.failure(nil) else {
      Issue.record("taken for the whole")
      return
    }
  }

  @Test func `A folder that is a file is told`() throws {
    let scene = try Scene()
    defer { scene.server.close() }
    try write([1], to: "\(scene.folder.path)/file")
    let download = try Download(
      scene.url, to: "\(scene.folder.path)/file/weights.h5", checksum: nil)
    do throws(DownloadError) {
      try download.run()
      Issue.record("succeeded")
    } catch {
      #expect("\(error)".hasPrefix("\(scene.folder.path)/file: "))
    }
    #expect(scene.server.requests.isEmpty)
  }

  @Test(.enabled(if: getuid() != 0, "everything may be written by the superuser"))
  func `A folder that cannot be written is told before anybody is asked`() throws {
    let scene = try Scene()
    defer { scene.server.close() }
    chmod(scene.folder.path, 0o555)
    defer { chmod(scene.folder.path, 0o755) }
    let error = try #require(try scene.failure())
    #expect("\(error)".contains("permission denied"))
    #expect(scene.server.requests.isEmpty)
  }

  @Test func `A folder in the file's place is told`() throws {
    let scene = try Scene()
    defer { scene.server.close() }
    try FileManager.default.createDirectory(atPath: scene.path, withIntermediateDirectories: false)
    #expect("\(try #require(try scene.failure()))".contains("is not a file"))
  }

  @Test func `A full disk is told`() throws {
    let scene = try Scene { _, _ in
      var response = LocalServer.Response(200, content)
      response.tellsLength = false
      return response
    }
    defer { scene.server.close() }
    // A device that is always full.
    symlink("/dev/full", "\(scene.path).part")
    #expect(try scene.failure() == .noRoom(file: "\(scene.path).part", needed: nil, free: nil))
  }

  @Test func `A file that is larger than the disk is not begun`() throws {
    let scene = try Scene()
    defer { scene.server.close() }
    let part = try PartFile(of: scene.path) {}
    #expect(throws: DownloadError.self) { try part.reserve(1 << 60) }
    try part.reserve(1)
  }

  @Test(arguments: ["", "x", "ftp://h/x", "http:///x", "http://h/a b", "file:///x", "http://h/\n"])
  func `What is no address is refused`(url: String) throws {
    #expect(throws: DownloadError.self) { try Download(url, to: "/tmp/never", checksum: nil) }
  }

  @Test func `A password is refused and not told`() throws {
    do {
      _ = try Mirror("http://me:secret@h/x")
      Issue.record("taken")
    } catch { #expect("\(error)".contains("~/.netrc") && !"\(error)".contains("secret")) }
  }

  @Test(arguments: ["", "/tmp/"])
  func `A path without a name is refused`(path: String) throws {
    #expect(throws: DownloadError.self) { try Download("http://h/x", to: path, checksum: nil) }
  }

  @Test func `Every error is one line`() throws {
    let checksum = try Checksum.md5(contentMD5)
    let errors: [DownloadError] = [
      .unusableURL("x", reason: "y"), .unusableMirror("x", reason: "y"),
      .unusableChecksum("x", expected: "y"), .status(404, url: "x"),
      .unreachable(url: "x", reason: "y"), .untrusted(url: "x", reason: "y"),
      .cutShort(url: "x", received: 1, total: nil, reason: "y"), .redirect(url: "x", reason: "y"),
      .wrongRange(url: "x", expected: 1, found: "y"),
      .wrongChecksum(url: "x", file: "y", expected: checksum, found: "z"),
      .noDigest(.md5, file: "x"), .noRoom(file: "x", needed: 2, free: 1),
      .noRoom(file: "x", needed: nil, free: nil), .file(path: "x", reason: "y", advice: "z"),
      .stopped(file: "x", received: 1), .noHome, .library("x", reason: "y"),
      .damagedArchive(url: "x", reason: "y"), .unusableArchive(url: "x", reason: "y"),
    ]
    for text in errors.map(\.description) {
      #expect(!text.contains("\n") && !text.contains("Optional") && !text.hasSuffix("."))
    }
  }
}
