import Foundation
import LocalServer
import Testing

@testable import Downloads

/// Files that come in an archive.
@Suite struct ArchiveTests {
  static let member = "model.ckpt"

  /// An archive as they are published: a file that is wanted between others that are not.
  static var usual: TarArchive {
    var archive = TarArchive()
    archive.add("./", type: "5")
    archive.add("./train.graph", bytes(seed: 3))
    archive.add("./model.ckpt", content)
    archive.add("./README", Array("Read me.".utf8))
    return archive
  }

  static func archive(_ fill: (inout TarArchive) -> Void) -> TarArchive {
    var archive = TarArchive()
    fill(&archive)
    return archive
  }

  static func scene(_ archive: [UInt8]) throws -> Scene {
    try Scene { request, _ in .file(archive, to: request) }
  }

  static func download(
    _ scene: Scene, _ names: [String] = [member], _ checksum: Checksum? = nil
  ) throws -> Download {
    let members = names.map { ArchiveMember($0, to: "\(scene.folder.path)/cache/\($0)") }
    return try Download(
      "\(scene.server.url)/model.tar.gz", unpacking: members, checksum: checksum,
      settings: scene.settings)
  }

  static func contents(_ scene: Scene) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(scene.folder.path)/cache").sorted()
  }

  /// The error that unpacking an archive ends with, which must leave no file.
  static func failure(_ archive: [UInt8], _ names: [String] = [member]) throws -> DownloadError? {
    let scene = try scene(archive)
    defer { scene.server.close() }
    let download = try download(scene, names)
    do throws(DownloadError) {
      try download.run()
      return nil
    } catch {
      #expect(try contents(scene) == [])
      return error
    }
  }

  @Test func `A file is taken out, the archive is not kept, and nobody is asked again`() throws {
    let scene = try Self.scene(Self.usual.packed)
    defer { scene.server.close() }
    var events: [DownloadEvent] = []
    let download = try Self.download(scene)
    #expect(try download.run { events.append($0) } == .downloaded(resumed: 0))
    #expect(try read(download.path) == content)
    #expect(try Self.contents(scene) == [Self.member])
    #expect(events.last == .withoutChecksum(compared: .gzip))
    let size = Self.usual.packed.count
    #expect(events.contains(.unpacking(read: size, total: size)))
    // As any file that is made, but for what the user's mask takes away.
    let mode = try FileManager.default.attributesOfItem(atPath: download.path)[.posixPermissions]
    let mask = umask(0)
    umask(mask)
    #expect(mode as? Int == 0o666 & ~Int(mask))

    #expect(try download.run() == .alreadyThere)
    #expect(scene.server.requests.count == 1)
  }

  @Test func `Several files are taken out, in whatever order they are there`() throws {
    var archive = TarArchive()
    archive.add("m.data", bytes(seed: 5))
    archive.add("m.meta", bytes(seed: 6))
    archive.add("m.index", content)
    let scene = try Self.scene(archive.packed)
    defer { scene.server.close() }
    let download = try Self.download(scene, ["m.index", "m.data"])
    try download.run()
    #expect(try Self.contents(scene) == ["m.data", "m.index"])
    #expect(try read(download.path) == content)

    // Both have to be there.
    try FileManager.default.removeItem(atPath: "\(scene.folder.path)/cache/m.data")
    #expect(try download.run() == .downloaded(resumed: 0))
    #expect(try read("\(scene.folder.path)/cache/m.data") == bytes(seed: 5))
  }

  @Test func `Of a path nothing is followed`() throws {
    let archive = Self.archive {
      $0.add("../../../../../../tmp/../evil", bytes(seed: 9))
      $0.add("/../../../other/model.ckpt", content)
    }
    let scene = try Self.scene(archive.packed)
    defer { scene.server.close() }
    let download = try Self.download(scene)
    try download.run()
    #expect(try read(download.path) == content)
    #expect(try Self.contents(scene) == [Self.member])
    #expect(try scene.folder.contents == ["cache"])
  }

  @Test(arguments: ["1 ", "3 ", "12 path=a/b\n7 ", " ", "99999999999999999999 a=b\n"])
  func `Records of pax that are none are left out`(records: String) throws {
    let archive = Self.archive {
      $0.add("PaxHeaders/x", Array(records.utf8), type: "x")
      $0.add("model.ckpt", content)
    }
    let scene = try Self.scene(archive.packed)
    defer { scene.server.close() }
    if records.contains("path=") {
      #expect(throws: DownloadError.self) { try Self.download(scene).run() }
    } else {
      let download = try Self.download(scene)
      try download.run()
      #expect(try read(download.path) == content)
    }
  }

  @Test func `Zeros may follow an archive`() throws {
    let scene = try Self.scene(Self.usual.packed + [UInt8](repeating: 0, count: 300_000))
    defer { scene.server.close() }
    let download = try Self.download(scene)
    try download.run()
    #expect(try read(download.path) == content)
  }

  @Test func `Long names and sizes of GNU and pax are understood`() throws {
    let folder = String(repeating: "folder/", count: 40)
    func record(_ text: String) -> String {
      // Its length counts the digits of the length too.
      let lengths = (1...9).map { text.utf8.count + 2 + $0 }
      let length = lengths.enumerated().first { $1.description.count == $0 + 1 }?.element
      return "\(length ?? 0) \(text)\n"
    }
    let archives = [
      Self.archive {
        $0.add("././@LongLink", Array("\(folder)model.ckpt\u{0}".utf8), type: "L")
        $0.add(String(folder.prefix(100)), content)
      },
      Self.archive {
        $0.add("pax_global_header", Array(record("comment=x").utf8), type: "g")
        let records = record("mtime=1") + record("path=\(folder)model.ckpt") + record("size=100000")
        $0.add("PaxHeaders/x", Array(records.utf8), type: "x")
        $0.add("x", content, size: "00000000000")
      },
    ]
    for archive in archives {
      let scene = try Self.scene(archive.packed)
      defer { scene.server.close() }
      let download = try Self.download(scene)
      try download.run()
      #expect(try read(download.path) == content)
    }
  }

  /// What GNU tar 1.34 and gzip 1.12 made of a long folder with a link and 500 lines `weights`:
  /// `tar --format=gnu -c latest model.ckpt | gzip -9n`, and with `--format=pax`.
  @Test(arguments: [
    "H4sIAAAAAAACA+3YPw6CMBiH4c6eoicoDVS6egAuYaQiAcFAjdcXNXGA6CR/Iu+zvISV/L4BFahgl9RVluRV"
      + "IcahO7Exz3b61WEYvZ9f7621WshETODa+n0jpVipY12mrgkWkXLvXesF/uz7P0bdLfrj/gfPUWhNLGR4rlNX"
      + "qkNx8ex/JGoR998O77/h/q/t/k8xd8xz/7/s38amf/+7A7AVUrP/0d1cnp18u6GUUkoppZRSSul85Q8VAAAA"
      + "gF+5Ax4B7zAAKAAA",
    "H4sIAAAAAAACA+2Y3QqCMACFd+1T7Als/7vqYSS3lBRFF/X4SUGBEhTk0jrfzTd2M8Z2zmC+qXLXbfycYgNG"
      + "KcJujM2E5vfxdV5yLhWhZxKBYx+yblie/CdcG9pmodj6CBfhVVVZcH1IuKR1KGu3ZalOCJgDHyn/1tqn+Z+M"
      + "pRLKECrqJndVuju0Yfn5H28O5/9G/+tJ/yuG/o/S/4Ytr/8fuccb8Pv5t0aN+18Iqwlla8r/Svv/5Mp9EfoE"
      + "hmEYhmEYhmEYhuHvGT9UAAAAAAAAgE9xARtF86gAKAAA",
  ])
  func `What tar and gzip make is read`(archive: String) throws {
    let scene = try Self.scene(Array(#require(Data(base64Encoded: archive))))
    defer { scene.server.close() }
    let download = try Self.download(scene)
    try download.run()
    #expect(try read(download.path) == Array(String(repeating: "weights\n", count: 500).utf8))
  }

  @Test func `An archive without the file says what is there`() throws {
    let archive = Self.archive {
      $0.add("a/frozen.pb", [1])
      $0.add("a/ümlaut\u{1B}[2J", [1])
      $0.add("model.ckpt/", type: "5")
    }
    let error = try Self.failure(archive.packed)
    #expect(
      error?.description.hasSuffix(
        "/model.tar.gz: the archive is not what was expected, expected a file model.ckpt in it, found "
          + "frozen.pb, ??mlaut?[2J; it has been removed, pass a file of weights instead") == true,
      "\(String(describing: error))")
  }

  @Test(arguments: ["1", "2", "3", "4", "6", "S", "Z"] as [Character])
  func `What is no file is not taken for one`(type: Character) throws {
    let archive = Self.archive { $0.add("a/model.ckpt", type: type) }
    let found = "12".contains(type) ? "a link" : "something else"
    #expect(
      try Self.failure(archive.packed)?.problem.hasSuffix(
        "expected model.ckpt in it to be a file, found \(found)") == true)
  }

  @Test func `Two files of the name are one too many`() throws {
    let archive = Self.archive {
      $0.add("a/model.ckpt", [1])
      $0.add("b/model.ckpt", [2])
    }
    #expect(try Self.failure(archive.packed)?.problem.hasSuffix("in it, found two") == true)
  }

  @Test func `An archive that ends too early leaves nothing`() throws {
    let whole = Self.usual.packed
    for count in [0, 1, 9, 10, 600, whole.count / 2, whole.count - 8, whole.count - 1] {
      let error = try Self.failure(Array(whole.prefix(count)))
      #expect(error?.problem.hasSuffix("is damaged, it ends too early") == true, "\(count)")
    }
  }

  @Test func `A changed bit is found by gzip's own checksum`() throws {
    var archive = Self.usual.packed
    archive[archive.count / 2] ^= 4
    #expect(
      try Self.failure(archive)?.problem.hasSuffix("is damaged, incorrect data check") == true)
    #expect(
      try Self.failure(content)?.problem.hasSuffix("is damaged, incorrect header check") == true)
    #expect(
      try Self.failure(Self.usual.packed + [1, 2, 3])?.problem.hasSuffix("incorrect header check")
        == true)
  }

  @Test func `A gzip file of several is one`() throws {
    let tar = Self.usual.bytes + [UInt8](repeating: 0, count: 1024)
    let halves = [tar.prefix(777), tar.dropFirst(777)].flatMap { TarArchive.gzip(Array($0)) }
    let scene = try Self.scene(halves)
    defer { scene.server.close() }
    let download = try Self.download(scene)
    try download.run()
    #expect(try read(download.path) == content)
  }

  @Test func `Forged headers are refused with the reason`() throws {
    func problem(_ fill: (inout TarArchive) -> Void) throws -> String {
      try Self.failure(Self.archive(fill).packed)?.problem ?? "taken"
    }
    #expect(
      try problem { $0.add("model.ckpt", content, sumIsRight: false) }
        .hasSuffix("a header in it has a wrong sum, or is none"))
    #expect(
      try problem { $0.add("model.ckpt", content, size: "0000000009x") }
        .hasSuffix("a size in it is no number"))
    #expect(
      try problem { $0.add("other", content, size: "77777777777") }
        .hasSuffix("a file in it is cut off"))
    #expect(
      try problem { $0.add("model.ckpt", content, size: "00000400000") }
        .hasSuffix("a file in it is cut off"))
    let records = Array("16 size=-1000000\n".utf8)
    #expect(
      try problem {
        $0.add("x", records, type: "x")
        $0.add("model.ckpt", content)
      }.hasSuffix("its size cannot be"))
    #expect(
      try problem { $0.add("x", [UInt8](repeating: 65, count: 70_000), type: "L") }
        .hasSuffix("a name in it is too long"))
    #expect(
      try problem {
        $0.add("x", Array("22 GNU.sparse.major=1\n".utf8), type: "x")
        $0.add("model.ckpt", content)
      }.hasSuffix("found something else"))
  }

  @Test func `An archive that says it has far more than it can is refused before it is written`()
    throws
  {
    let archive = Self.archive { $0.add("model.ckpt", content, size: "77777777777") }
    let packed = archive.packed
    #expect(
      try Self.failure(packed)?.problem.hasSuffix(
        "expected at most 100 times its \(packed.count) bytes in it, found more") == true)
  }

  @Test func `An archive that unpacks without end is given up`() throws {
    let archive = Self.archive { $0.add("other", size: "77777777777") }
    let bomb = archive.packedWithZeros(repeats: 40_000)
    #expect(bomb.count < 70_000)
    #expect(
      try Self.failure(bomb)?.problem.hasSuffix(
        "expected at most 100 times its \(bomb.count) bytes in it, found more") == true)
  }

  @Test func `An archive with another checksum is not unpacked`() throws {
    let scene = try Self.scene(Self.usual.packed)
    defer { scene.server.close() }
    let download = try Self.download(scene, [Self.member], .md5(contentMD5))
    do throws(DownloadError) {
      try download.run { event in
        if case .unpacking = event { Issue.record("unpacked") }
      }
      Issue.record("taken")
    } catch {
      guard case .wrongChecksum = error else { throw error }
    }
    #expect(try Self.contents(scene) == [])
  }

  @Test func `What is interrupted goes on where it ended`() throws {
    let packed = Self.usual.packed
    let scene = try Scene { request, number in
      var response = LocalServer.Response.file(packed, to: request)
      if number == 0 { response.closesAfter = 60_000 }
      return response
    }
    defer { scene.server.close() }
    let download = try Self.download(scene)
    #expect(throws: DownloadError.self) { try download.run() }
    #expect(try Self.contents(scene) == ["model.ckpt.part", "model.ckpt.part.source"])
    #expect(try download.run() == .downloaded(resumed: 60_000))
    #expect(try read(download.path) == content)
    #expect(scene.server.requests.last?.rangeStart == 60_000)
  }

  @Test func `What is stopped while it is unpacked needs no server to go on`() throws {
    let packed = Self.usual.packed
    let scene = try Self.scene(packed)
    defer { scene.server.close() }
    let download = try Self.download(scene)
    var isStopped = false
    do throws(DownloadError) {
      try download.run(report: { if case .unpacking = $0 { isStopped = true } }) { isStopped }
      Issue.record("not stopped")
    } catch {
      #expect(error == .stopped(file: "\(download.path).part", received: packed.count))
    }
    #expect(try Self.contents(scene) == ["model.ckpt.part", "model.ckpt.part.source"])
    // A killed process may have left this where files have names from the beginning.
    try write([1, 2, 3], to: "\(download.path).unpacked")
    scene.server.close()
    #expect(try download.run() == .downloaded(resumed: packed.count))
    #expect(try read(download.path) == content)
    #expect(try Self.contents(scene) == [Self.member])
  }

  @Test(arguments: [true, false])
  func `A file is there when it is published, and never before`(isNamed: Bool) throws {
    let folder = try TemporaryFolder()
    let member = ArchiveMember(Self.member, to: "\(folder.path)/\(Self.member)")
    func write() throws -> UnpackedFile {
      let file = try UnpackedFile(member, size: 3, isNamed: isNamed)
      let bytes: [UInt8] = [1, 2, 3]
      let result = bytes.withUnsafeBytes { bytes in
        Result { () throws(DownloadError) in try file.append(bytes) }
      }
      try result.get()
      return file
    }
    do { _ = try write() }
    #expect(try folder.contents == [])
    do {
      let file = try write()
      #expect(try !folder.contents.contains(Self.member))
      try file.publish()
    }
    #expect(try folder.contents == [Self.member])
    #expect(try read(member.path) == [1, 2, 3])
    // What was there is replaced.
    try Data().write(to: URL(filePath: member.path))
    try write().publish()
    #expect(try read(member.path) == [1, 2, 3])
  }

  @Test func `What does not fit on the disk is not begun`() throws {
    let folder = try TemporaryFolder()
    let member = ArchiveMember(Self.member, to: "\(folder.path)/\(Self.member)")
    do throws(DownloadError) {
      _ = try UnpackedFile(member, size: 1 << 60)
      Issue.record("begun")
    } catch {
      guard case .noRoom(member.path, 1 << 60, _?) = error else { throw error }
    }
    #expect(try folder.contents == [])
  }

  @Test func `Files of the cache lie beside one another`() throws {
    let scene = try Self.scene(Self.usual.packed)
    defer { scene.server.close() }
    let cache = WeightCache(folder: scene.folder.path, mirror: try Mirror(scene.server.url))
    let paths = try cache.files(
      ["model.ckpt", "README"], fromArchive: "https://official.invalid/a/model.tar.gz",
      backbone: "vgg16", checksum: nil, settings: scene.settings)
    #expect(paths == ["model.ckpt", "README"].map { "\(scene.folder.path)/vgg16/\($0)" })
    #expect(try read(paths[0]) == content)
    #expect(scene.server.requests.map(\.path) == ["/official.invalid/a/model.tar.gz"])
  }

  @Test func `A folder in the file's place is told`() throws {
    let scene = try Self.scene(Self.usual.packed)
    defer { scene.server.close() }
    let download = try Self.download(scene)
    try SystemFile.makeFolder(download.path)
    #expect(throws: DownloadError.self) { try download.run() }
    #expect(scene.server.requests.isEmpty)
  }
}
