import Files
import Foundation
import LocalServer
import Testing

@testable import Downloads

@Suite struct WeightCacheTests {
  static func cache(_ variables: [String: String]) throws -> WeightCache {
    try WeightCache { variables[$0] }
  }

  @Test func `The folder is the first that the environment names`() throws {
    let own = ["ZOO_CACHE": "/own", "XDG_CACHE_HOME": "/caches", "HOME": "/home/me"]
    #expect(try Self.cache(own).folder == "/own")
    let shared = ["ZOO_CACHE": "", "XDG_CACHE_HOME": "/caches", "HOME": "/home/me"]
    #expect(try Self.cache(shared).folder == "/caches/detection-zoo")
    let relative = ["XDG_CACHE_HOME": "caches", "HOME": "/home/me"]
    #expect(try Self.cache(relative).folder == "/home/me/.cache/detection-zoo")
    // Of the system's list of users.
    #expect(try Self.cache([:]).folder.hasSuffix("/.cache/detection-zoo"))
  }

  @Test func `A file lies in its backbone's folder`() throws {
    let cache = WeightCache(folder: "/c")
    #expect(try cache.path(of: "https://h/a/b.h5?x=1#y", backbone: "vgg16") == "/c/vgg16/b.h5")
  }

  @Test(arguments: ["https://h", "https://h/", "https://h/a/", "https://h/a/..", "https://h/."])
  func `An address that names no file is refused`(url: String) throws {
    #expect(throws: DownloadError.self) {
      try WeightCache(folder: "/c").path(of: url, backbone: "vgg16")
    }
  }

  @Test func `A mirror has the hosts as folders`() throws {
    let mirror = try Mirror("http://m:8080/files//")
    #expect(
      try mirror.url(of: "https://h.org/a/b.h5?x=1") == "http://m:8080/files/h.org/a/b.h5?x=1")
    #expect(try Mirror("HTTP://m").base == "http://m")
  }

  @Test(arguments: ["m", "file:///m", "http://m/?x=1", "http://"])
  func `A mirror that is no address is refused by its variable's name`(base: String) throws {
    do {
      _ = try Self.cache(["ZOO_CACHE": "/c", "ZOO_MIRROR": base])
      Issue.record("taken")
    } catch { #expect("\(error)".hasPrefix("ZOO_MIRROR ")) }
  }

  @Test func `A file comes from the mirror once, and is not read again`() throws {
    let scene = try Scene()
    defer { scene.server.close() }
    let cache = WeightCache(folder: scene.folder.path, mirror: try Mirror(scene.server.url))
    let get = {
      try cache.file(
        "https://official.invalid/a/w.h5", backbone: "vgg16", checksum: .md5(contentMD5),
        settings: scene.settings)
    }
    let path = try get()
    #expect(path == "\(scene.folder.path)/vgg16/w.h5")
    #expect(try read(path) == content)
    #expect(scene.server.requests.map(\.path) == ["/official.invalid/a/w.h5"])
    #expect(try get() == path)
    #expect(scene.server.requests.count == 1)

    // The record speaks of the size and time of change: another file is read and found out.
    try write(content.reversed(), to: path)
    #expect(try get() == path)
    #expect(try read(path) == content)
    #expect(scene.server.requests.count == 2)
  }

  @Test func `A file that somebody else has put there is compared once`() throws {
    let scene = try Scene()
    defer { scene.server.close() }
    let cache = WeightCache(folder: scene.folder.path)
    let path = try cache.path(of: scene.url, backbone: "vgg16")
    try SystemFile.makeFolder(path.folder)
    try write(content, to: path)
    let get = {
      try cache.file(scene.url, backbone: "vgg16", checksum: .md5(contentMD5))
    }
    #expect(try get() == path)
    #expect(FileManager.default.fileExists(atPath: "\(path).verified"))
    #expect(scene.server.requests.isEmpty)
    // Another checksum is another question.
    #expect(throws: DownloadError.self) {
      try cache.file(
        scene.url, backbone: "vgg16", checksum: .sha256("00000000"), settings: scene.settings)
    }
  }
}
