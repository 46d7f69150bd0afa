internal import Files
internal import Glibc

/// A file of the web that is to be at a path, or files out of an archive, whole or not at all.
///
/// While it comes it is a `.part` beside that path. What is there when the network, the server or
/// the process gives up is gone on with by the next call, unless the server's file has changed.
public struct Download: Hashable, Sendable {
  public let url: String
  /// Where the file is to be, or the first of those out of an archive.
  public let path: String
  /// What of an archive is wanted; empty if the file itself is.
  public let members: [ArchiveMember]
  /// nil if the publisher tells none; then the length is all that is compared, or gzip's checksum.
  public let checksum: Checksum?
  public var settings: DownloadSettings

  /// Makes a download, which ``run(report:isStopped:)`` carries out.
  ///
  /// - Throws: ``DownloadError/unusableURL(_:reason:)`` if the address is not of HTTP or HTTPS,
  ///   ``DownloadError/file(path:reason:advice:)`` if the path ends without a name.
  public init(
    _ url: String, to path: String, checksum: Checksum?,
    settings: DownloadSettings = DownloadSettings()
  ) throws(DownloadError) {
    try self.init(url, [path], [], checksum, settings)
  }

  /// Makes a download of files that come in a `.tar.gz`, which ``run(report:isStopped:)`` carries out.
  ///
  /// The archive is removed when they are there.
  ///
  /// - Parameters:
  ///   - url: The archive's address.
  ///   - members: The files that are wanted, at least one, and where they are to be. The first gets its
  ///     name last.
  ///   - checksum: The archive's.
  ///   - settings: How patient to be.
  /// - Throws: As ``init(_:to:checksum:settings:)``.
  public init(
    _ url: String, unpacking members: [ArchiveMember], checksum: Checksum?,
    settings: DownloadSettings = DownloadSettings()
  ) throws(DownloadError) {
    precondition(!members.isEmpty && Set(members.map(\.path)).count == members.count)
    try self.init(url, members.map(\.path), members, checksum, settings)
  }

  private init(
    _ url: String, _ paths: [String], _ members: [ArchiveMember], _ checksum: Checksum?,
    _ settings: DownloadSettings
  ) throws(DownloadError) {
    _ = try WebAddress(url)
    for path in paths where path.isEmpty || path.hasSuffix("/") {
      throw .file(path: "'\(path)'", reason: "names no file", advice: "name the file to write")
    }
    (self.url, self.path, self.members) = (url, paths[0], members)
    (self.checksum, self.settings) = (checksum, settings)
  }

  /// Sees to it that the file is there.
  ///
  /// A file with the right checksum is left alone and nobody is asked; any file is if there is no
  /// checksum, or only that of an archive that it came in, since only whole ones get that name.
  /// Another file is replaced. Two processes that want the same file do not get into each other's way:
  /// one waits, and finds it there.
  ///
  /// - Parameters:
  ///   - report: Told how it goes on, in the same thread.
  ///   - isStopped: Asked about once a second, and more often while bytes come; whether to give up.
  /// - Returns: Whether it was there already.
  /// - Throws: ``DownloadError``.
  @discardableResult
  public func run(
    report: (DownloadEvent) -> Void = { _ in }, isStopped: () -> Bool = { false }
  ) throws(DownloadError) -> DownloadOutcome {
    let before = FileStamp(path)
    if try isThere(isStopped) { return .alreadyThere }
    for path in paths { try SystemFile.makeFolder(path.folder) }
    var isWaiting = false
    let part = try PartFile(of: path) { () throws(DownloadError) in
      if isStopped() { throw .stopped(file: "\(path).part", received: 0) }
      if !isWaiting { report(.waiting(file: path)) }
      isWaiting = true
      usleep(100_000)
    }
    // Another process may have been at work until now.
    if FileStamp(path) != before, try isThere(isStopped) { return .alreadyThere }
    let resumed = try fetch(into: part, isStopped, report)
    try verify(part, isStopped)
    if isArchive { try unpack(part, isStopped, report) } else { try part.publish() }
    if checksum == nil { report(.withoutChecksum(compared: isArchive ? .gzip : .length)) }
    return .downloaded(resumed: resumed)
  }

  private var isArchive: Bool { !members.isEmpty }
  private var paths: [String] { isArchive ? members.map(\.path) : [path] }

  /// Whether every file is at its place.
  private func isThere(_ isStopped: () -> Bool) throws(DownloadError) -> Bool {
    for path in paths {
      guard let stamp = FileStamp(path) else { return false }
      guard stamp.isRegular else {
        throw .file(path: path, reason: "is not a file", advice: "remove it or choose another name")
      }
    }
    guard let checksum, !isArchive else { return true }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(path) }
    defer { close(descriptor) }
    guard
      let digest = try Digest.ofFile(
        descriptor, path: path, checksum.algorithm, isStopped: isStopped)
    else { throw .stopped(file: path, received: 0) }
    return checksum.matches(digest)
  }

  /// Brings what is missing, in as many attempts as the settings have.
  ///
  /// - Returns: The bytes that were there before and have been of use.
  private func fetch(
    into part: PartFile, _ isStopped: () -> Bool, _ report: (DownloadEvent) -> Void
  ) throws(DownloadError) -> Int {
    if part.source?.url != url { try part.begin(nil) }
    // Only the end of the last call was missing.
    let isComparable = checksum != nil || isArchive
    if part.size > 0, part.source?.total == part.size, isComparable { return part.kept }
    var attempt = 0
    while true {
      let size = part.size
      let (result, asked) = transfer(into: part, isStopped, report)
      switch result {
      case .success(.complete): return part.kept
      case .success(.startAnew): try part.begin(nil)
      case .failure(let error):
        if case .wrongRange = error { try part.begin(nil) }
        if part.size - size >= 1 << 20 { attempt = 0 }
        guard error.mayPass, attempt < settings.pauses.count else { throw error }
        let pause = max(settings.pauses[attempt], min(asked, settings.longestPause))
        attempt += 1
        report(.retrying(error, pause: pause))
        try sleep(pause, part, isStopped)
      }
    }
  }

  /// One request and its answer.
  private func transfer(
    into part: PartFile, _ isStopped: () -> Bool, _ report: (DownloadEvent) -> Void
  ) -> (Result<Transfer.End, DownloadError>, retryAfter: Duration) {
    // The transfer is over when this returns, and with it the closures' use.
    withoutActuallyEscaping(isStopped) { isStopped in
      withoutActuallyEscaping(report) { report in
        let transfer = Transfer(url, settings, into: part, isStopped: isStopped, report: report)
        let result = Result { () throws(DownloadError) in try transfer.run() }
        return (result, transfer.retryAfter ?? .zero)
      }
    }
  }

  private func verify(_ part: PartFile, _ isStopped: () -> Bool) throws(DownloadError) {
    guard let checksum else { return }
    guard let digest = try part.digest(checksum.algorithm, isStopped: isStopped) else {
      throw .stopped(file: part.path, received: part.size)
    }
    guard checksum.matches(digest) else {
      part.remove()
      throw .wrongChecksum(url: url, file: part.path, expected: checksum, found: digest)
    }
  }

  /// Takes the members out of the archive, which is then of no more use, or of none at all.
  private func unpack(
    _ part: PartFile, _ isStopped: () -> Bool, _ report: (DownloadEvent) -> Void
  ) throws(DownloadError) {
    let unpacking = Unpacking(url: url, members: members, limit: settings.unpackingLimit)
    do throws(DownloadError) {
      try unpacking.run(part) { read throws(DownloadError) in
        if isStopped() { throw .stopped(file: part.path, received: part.size) }
        report(.unpacking(read: read, total: part.size))
      }
    } catch {
      switch error {
      case .damagedArchive, .unusableArchive: part.remove()
      default: break
      }
      throw error
    }
    part.remove()
  }

  /// Waits, unless it is stopped.
  private func sleep(
    _ pause: Duration, _ part: PartFile, _ isStopped: () -> Bool
  ) throws(DownloadError) {
    let end = ContinuousClock.now + pause
    while true {
      if isStopped() { throw .stopped(file: part.path, received: part.size) }
      let left = (end - .now) / .microseconds(1)
      if left <= 0 { return }
      usleep(UInt32(min(left, 50_000)))
    }
  }
}

extension DownloadError {
  /// Whether the same request may succeed a little later.
  fileprivate var mayPass: Bool {
    switch self {
    case .status(let status, _): 500...599 ~= status || status == 408 || status == 429
    case .unreachable, .cutShort, .wrongRange: true
    default: false
    }
  }
}
