internal import Files
internal import Glibc

/// Takes files out of a downloaded archive; the first member is there only when all are.
struct Unpacking {
  let url: String
  let members: [ArchiveMember]
  /// How many times its own size the archive may unpack to.
  let limit: Int

  /// Reads the whole archive, so that its checksum is compared, then names the files.
  ///
  /// - Parameters:
  ///   - part: The archive.
  ///   - watch: Told again and again how many of its bytes have been read; throws to give up.
  /// - Throws: What `watch` throws; ``DownloadError`` if the archive is damaged or lacks a file.
  func run(
    _ part: PartFile, watch: (_ read: Int) throws(DownloadError) -> Void
  ) throws(DownloadError) {
    // The reader is gone when this returns, and with it the closure's use.
    let files = withoutActuallyEscaping(watch) { watch in
      Result { () throws(DownloadError) in
        try read(GzipReader(part, url: url, limit: limit, watch: watch))
      }
    }
    try name(files.get())
  }

  /// Writes the files that are wanted, in the order of the members.
  private func read(_ gzip: GzipReader) throws(DownloadError) -> [UnpackedFile] {
    var tar = TarReader(gzip, url: url)
    var (files, others): ([UnpackedFile], [String]) = ([], [])
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { piece.deallocate() }
    while let entry = try tar.next() {
      guard entry.kind != .folder else { continue }
      guard let member = members.first(where: { $0.name == entry.name }) else {
        if others.count < Self.namesTold { others.append(entry.name.asciiName) }
        continue
      }
      guard entry.kind == .file else {
        let kind = entry.kind == .link ? "a link" : "something else"
        throw unusable("expected \(member.name) in it to be a file, found \(kind)")
      }
      guard !files.contains(where: { $0.member == member }) else {
        throw unusable("expected one file \(member.name) in it, found two")
      }
      guard entry.size <= gzip.greatestSize else { throw gzip.tooLarge }
      let file = try UnpackedFile(member, size: entry.size)
      while case let count = try tar.read(into: piece), count > 0 {
        try file.append(UnsafeRawBufferPointer(rebasing: piece[..<count]))
      }
      files.append(file)
    }
    for member in members where !files.contains(where: { $0.member == member }) {
      let found = others.isEmpty ? "nothing" : others.joined(separator: ", ")
      throw unusable("expected a file \(member.name) in it, found \(found)")
    }
    return files
  }

  /// How many files are named that were not looked for.
  private static let namesTold = 5

  /// Gives the files their names, the first member's last: where that is, all are.
  private func name(_ files: [UnpackedFile]) throws(DownloadError) {
    for file in files { try file.synchronise() }
    // One that stood there alone would speak for the others of another download.
    for member in members.prefix(1) { unlink(member.path) }
    for member in members.reversed() {
      for file in files where file.member == member { try file.publish() }
    }
    for folder in Set(members.map(\.path.folder)) { try SystemFile.synchronise(folder: folder) }
  }

  private func unusable(_ reason: String) -> DownloadError {
    .unusableArchive(url: url, reason: reason)
  }
}

extension String {
  /// The text as it can stand in a line, and not too much of it.
  fileprivate var asciiName: String {
    let plain = utf8.prefix(60).map { 0x21...0x7E ~= $0 ? $0 : UInt8(ascii: "?") }
    return String(decoding: plain, as: UTF8.self) + (utf8.count > 60 ? "…" : "")
  }
}
