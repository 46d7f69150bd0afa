import Foundation
import LocalServer
import Testing

/// `zoo pull`, from a server on this machine that stands for the official ones.
@Suite struct PullTests {
  /// MobileNet's publisher tells no checksum, so any file will do.
  static let path =
    "/storage.googleapis.com/tensorflow/keras-applications/mobilenet/"
    + "mobilenet_1_0_224_tf.h5"
  static let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 7) }

  static func pull(
    _ arguments: [String], from server: LocalServer, _ cache: TemporaryFolder, signal: Int32? = nil,
    at moment: () -> Bool = { true }
  ) throws -> ZooProcess {
    // A proxy of the machine's has no way to the server.
    let environment = [
      "ZOO_CACHE": cache.path("cache"), "ZOO_MIRROR": server.url, "no_proxy": "127.0.0.1",
    ]
    return try ZooProcess(
      ["pull"] + arguments, environment: environment, signal: signal, at: moment)
  }

  /// Gives 40,000 bytes at first, and all that is asked for from then on.
  static func stallingServer() throws -> LocalServer {
    try LocalServer { request, number in
      var response = LocalServer.Response.file(content, to: request)
      if number == 0 { response.waitsAfter = 40_000 }
      return response
    }
  }

  /// Where the bytes lie that have come.
  static func part(in cache: TemporaryFolder) -> String {
    cache.path("cache/mobilenet_v1/mobilenet_1_0_224_tf.h5.part")
  }

  /// Sends a signal when the first bytes have come from such a server.
  static func stalledPull(
    from server: LocalServer, _ cache: TemporaryFolder, signal: Int32
  ) throws -> ZooProcess {
    let part = part(in: cache)
    return try pull(["mobilenet_v1"], from: server, cache, signal: signal) {
      let size = try? FileManager.default.attributesOfItem(atPath: part)[.size] as? Int
      return size == 40_000
    }
  }

  @Test func `The path of the file is printed, and the second time nobody is asked`() throws {
    let server = try LocalServer { request, _ in .file(Self.content, to: request) }
    defer { server.close() }
    let cache = try TemporaryFolder()
    let path = cache.path("cache/mobilenet_v1/mobilenet_1_0_224_tf.h5")
    let remark = "mobilenet_v1: the publisher gives no checksum; its length was compared\n"
    for errors in [remark, ""] {
      let run = try Self.pull(["mobilenet_v1"], from: server, cache)
      #expect(run.status == 0 && run.output == path + "\n" && run.errors == errors)
      #expect(try Data(contentsOf: URL(filePath: path)) == Data(Self.content))
    }
    #expect(server.requests.map(\.path) == [Self.path])
  }

  @Test func `Another place is written and the cache is not`() throws {
    let server = try LocalServer { request, _ in .file(Self.content, to: request) }
    defer { server.close() }
    let folder = try TemporaryFolder()
    let run = try Self.pull(
      ["mobilenet_v1", "--output", folder.path("m.h5")], from: server, folder)
    #expect(run.output == folder.path("m.h5") + "\n", "\(run.errors)")
    #expect(try folder.contents == ["m.h5"])
  }

  @Test func `A checkpoint is taken out of its archive, and the second time nobody is asked`()
    throws
  {
    var archive = TarArchive()
    archive.add("./", type: "5")
    archive.add("./inception_v1.ckpt", Self.content)
    let packed = archive.packed
    let server = try LocalServer { request, _ in .file(packed, to: request) }
    defer { server.close() }
    let cache = try TemporaryFolder()
    let path = cache.path("cache/inception_v1/inception_v1.ckpt")
    let remark = "inception_v1: the publisher gives no checksum; gzip's own was compared\n"
    for errors in [remark, ""] {
      let run = try Self.pull(["inception_v1"], from: server, cache)
      #expect(run.status == 0 && run.output == path + "\n" && run.errors == errors)
      #expect(try Data(contentsOf: URL(filePath: path)) == Data(Self.content))
    }
    #expect(
      server.requests.map(\.path) == [
        "/download.tensorflow.org/models/inception_v1_2016_08_28.tar.gz"
      ])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: cache.path("cache/inception_v1"))
        == ["inception_v1.ckpt"])
  }

  @Test func `Of a checkpoint in several files the index is named`() throws {
    var archive = TarArchive()
    let name = "mobilenet_v1_0.5_224.ckpt"
    archive.add("\(name).data-00000-of-00001", Self.content)
    archive.add("\(name).meta", [1])
    archive.add("\(name).index", Array(Self.content.prefix(99)))
    let packed = archive.packed
    let server = try LocalServer { request, _ in .file(packed, to: request) }
    defer { server.close() }
    let folder = try TemporaryFolder()
    let arguments = ["mobilenet_v1", "--alpha", "0.5", "--variant", "slim"]
    let run = try Self.pull(arguments, from: server, folder)
    #expect(run.output == folder.path("cache/mobilenet_v1/\(name).index") + "\n", "\(run.errors)")
    let own = try Self.pull(arguments + ["--output", folder.path("m.ckpt")], from: server, folder)
    #expect(own.output == folder.path("m.ckpt.index") + "\n", "\(own.errors)")
    #expect(try folder.contents == ["cache", "m.ckpt.data-00000-of-00001", "m.ckpt.index"])
  }

  @Test func `Weights from an archive are opened by the program that wants them`() throws {
    var archive = TarArchive()
    archive.add("inception_v2.ckpt", Self.content)
    let packed = archive.packed
    let server = try LocalServer { request, _ in .file(packed, to: request) }
    defer { server.close() }
    let cache = try TemporaryFolder()
    let environment = [
      "ZOO_CACHE": cache.path("cache"), "ZOO_MIRROR": server.url, "no_proxy": "127.0.0.1",
    ]
    let run = try ZooProcess(
      ["convert", "imagenet", "--backbone", "inception_v2", "--dry-run"], environment: environment)
    // It is no checkpoint, and is refused by its name.
    #expect(run.status == 1)
    #expect(run.errors.contains(cache.path("cache/inception_v2/inception_v2.ckpt: ")))
  }

  @Test func `A damaged archive is told in one line and leaves nothing`() throws {
    var archive = TarArchive()
    archive.add("inception_v1.ckpt", Self.content)
    var packed = archive.packed
    packed[50_000] ^= 1
    let damaged = packed
    let server = try LocalServer { request, _ in .file(damaged, to: request) }
    defer { server.close() }
    let cache = try TemporaryFolder()
    let run = try Self.pull(["inception_v1"], from: server, cache)
    #expect(run.status == 1 && run.output == "")
    #expect(
      run.errors.contains("the archive is damaged, incorrect data check; it has been removed"))
    #expect(run.errors.split(separator: "\n").count == 1)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: cache.path("cache/inception_v1")) == [])
  }

  @Test func `Ctrl-C keeps what has come, and the next call goes on`() throws {
    let server = try Self.stallingServer()
    defer { server.close() }
    let cache = try TemporaryFolder()
    let part = Self.part(in: cache)
    let stopped = try Self.stalledPull(from: server, cache, signal: SIGINT)
    #expect(stopped.status == 130 && stopped.output == "")
    #expect(
      stopped.errors == "\(part): stopped after 40000 bytes; run it again to go on from there\n")

    let run = try Self.pull(["mobilenet_v1"], from: server, cache)
    #expect(run.status == 0, "\(run.errors)")
    #expect(server.requests.last?.rangeStart == 40_000)
    #expect(server.bytesSent == Self.content.count)
    #expect(
      try Data(contentsOf: URL(filePath: String(part.dropLast(5)))) == Data(Self.content))
  }

  @Test func `Ctrl-C ends a run that waits for its weights`() throws {
    let server = try LocalServer { request, _ in
      var response = LocalServer.Response.file(Self.content, to: request)
      response.waitsAfter = 40_000
      return response
    }
    defer { server.close() }
    let folder = try TemporaryFolder()
    let environment = [
      "ZOO_CACHE": folder.path("cache"), "ZOO_MIRROR": server.url, "no_proxy": "127.0.0.1",
    ]
    let run = try ZooProcess(
      [
        "train", "--data", folder.path("none"), "--split", "train", "--backbone", "mobilenet_v1",
        "--weights", "imagenet", "--output", folder.path("run"),
      ], environment: environment, signal: SIGINT, at: { server.bytesSent == 40_000 })
    #expect(run.status == 130 && run.output == "")
    #expect(run.errors.contains("bytes; run it again to go on from there"), "\(run.errors)")
    #expect(try folder.contents == ["cache"])
  }

  @Test func `A process that is killed leaves what the next one goes on with`() throws {
    let server = try Self.stallingServer()
    defer { server.close() }
    let cache = try TemporaryFolder()
    _ = try Self.stalledPull(from: server, cache, signal: SIGKILL)
    #expect(try Self.pull(["mobilenet_v1"], from: server, cache).status == 0)
    #expect(server.requests.last?.rangeStart == 40_000)
  }

  @Test func `Two processes that want the same file share one download`() throws {
    let server = try LocalServer { request, _ in
      var response = LocalServer.Response.file(Self.content, to: request)
      response.waitsAfter = 40_000
      return response
    }
    defer { server.close() }
    nonisolated(unsafe) let cache = try TemporaryFolder()
    nonisolated(unsafe) var first: ZooProcess?
    let thread = Thread { first = try? Self.pull(["mobilenet_v1"], from: server, cache) }
    thread.start()
    while server.bytesSent < 40_000 && !thread.isFinished { usleep(1000) }
    // The server goes on a while after the second has begun, whether it has come to wait or not.
    let other = Thread {
      usleep(200_000)
      server.goOn()
    }
    other.start()
    let second = try Self.pull(["mobilenet_v1"], from: server, cache)
    while !thread.isFinished { usleep(1000) }
    #expect(first?.status == 0 && second.status == 0, "\(second.errors)")
    #expect(first?.output == second.output)
    #expect(server.requests.count == 1)
  }

  @Test func `A wrong checksum is told in one line`() throws {
    let server = try LocalServer { request, _ in .file(Self.content, to: request) }
    defer { server.close() }
    let cache = try TemporaryFolder()
    let run = try Self.pull(["resnet50_v1"], from: server, cache)
    #expect(run.status == 1 && run.output == "")
    #expect(run.errors.contains("expected md5:2cb95161c43110f7111970584f804107, found md5:"))
    #expect(run.errors.split(separator: "\n").count == 1)
  }

  @Test func `A file that is not there is told with its address`() throws {
    let server = try LocalServer { _, _ in LocalServer.Response(404) }
    defer { server.close() }
    let run = try Self.pull(["mobilenet_v1"], from: server, try TemporaryFolder())
    #expect(run.status == 1)
    #expect(run.errors.contains("\(server.url)\(Self.path): ") && run.errors.contains("404"))
  }

  @Test(arguments: [
    (["mobilnet_v1"], "mobilenet_v1"), (["mobilenet_v1", "--alpha", "0.4"], "no such weights"),
    (["mobilenet_v1", "--variant", "jax"], "jax"), ([], "<name>"),
    (["vgg16", "mobilenet_v1", "--output", "/tmp/never.h5"], "--output"),
  ])
  func `A command line without sense is refused before anybody is asked`(
    arguments: [String], says: String
  ) throws {
    let server = try LocalServer { _, _ in LocalServer.Response(404) }
    defer { server.close() }
    let run = try Self.pull(arguments, from: server, try TemporaryFolder())
    #expect(run.status == 64 && run.errors.contains(says), "\(run.errors)")
    #expect(server.requests.isEmpty)
  }
}
