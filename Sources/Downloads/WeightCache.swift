internal import Glibc

/// The folder where downloaded weights are kept, with a folder for each backbone.
public struct WeightCache: Hashable, Sendable {
  /// The folder, which is made when the first file comes.
  public let folder: String
  /// Where to download from instead of the official hosts.
  public let mirror: Mirror?

  public init(folder: String, mirror: Mirror? = nil) {
    (self.folder, self.mirror) = (folder, mirror)
  }

  /// Takes the folder and the mirror from the environment.
  ///
  /// The folder is `ZOO_CACHE`, else `detection-zoo` in `XDG_CACHE_HOME` if that is an absolute path,
  /// as the XDG Base Directory Specification has it, else `~/.cache/detection-zoo`. The mirror is
  /// `ZOO_MIRROR`. An empty variable is none.
  ///
  /// - Parameter environment: The value of a variable; nil if there is none.
  /// - Throws: ``DownloadError/noHome``, ``DownloadError/unusableMirror(_:reason:)``.
  public init(
    environment: (String) -> String? = WeightCache.variable
  ) throws(DownloadError) {
    func value(_ name: String) -> String? {
      environment(name).flatMap { $0.isEmpty ? nil : $0 }
    }
    mirror =
      if let base = value("ZOO_MIRROR") { try Mirror(base) } else { nil }
    if let own = value("ZOO_CACHE") {
      folder = own
    } else if let caches = value("XDG_CACHE_HOME"), caches.hasPrefix("/") {
      folder = "\(caches)/detection-zoo"
    } else if let home = value("HOME") ?? Self.homeOfUser, home.hasPrefix("/") {
      folder = "\(home)/.cache/detection-zoo"
    } else {
      throw .noHome
    }
  }

  /// The value of one of the process's environment variables; nil if there is none.
  public static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// Where a file of a backbone's weights is, or will be.
  ///
  /// - Parameters:
  ///   - url: The official address, whose last component names the file.
  ///   - backbone: The backbone's name, which names the folder.
  /// - Returns: The path, in ``folder``.
  /// - Throws: ``DownloadError/unusableURL(_:reason:)`` if the address names no file.
  public func path(of url: String, backbone: String) throws(DownloadError) -> String {
    guard let name = try WebAddress(url).fileName else {
      throw .unusableURL(url, reason: "expected the name of a file at its end")
    }
    return "\(folder)/\(backbone)/\(name)"
  }

  /// The address to download a file from: the mirror's if there is one, else the official one.
  public func source(of url: String) throws(DownloadError) -> String {
    if let mirror { try mirror.url(of: url) } else { url }
  }

  /// Sees to it that a file of a backbone's weights is there.
  ///
  /// A file is read once to compare its checksum. What was found then is kept beside it with its size
  /// and time of change, and as long as these are the same it is not read again: a network's weights
  /// can be half a gigabyte, which takes a second at every start of a program.
  ///
  /// - Parameters:
  ///   - url: The official address.
  ///   - backbone: The backbone's name.
  ///   - checksum: What the publisher tells of the file.
  ///   - settings: How patient to be.
  ///   - report: As in ``Download/run(report:isStopped:)``.
  ///   - isStopped: As in ``Download/run(report:isStopped:)``.
  /// - Returns: The file's path.
  /// - Throws: ``DownloadError``.
  public func file(
    _ url: String, backbone: String, checksum: Checksum?,
    settings: DownloadSettings = DownloadSettings(), report: (DownloadEvent) -> Void = { _ in },
    isStopped: () -> Bool = { false }
  ) throws(DownloadError) -> String {
    let path = try path(of: url, backbone: backbone)
    if let checksum, VerifiedRecord(checksum, path).isKept { return path }
    try Download(try source(of: url), to: path, checksum: checksum, settings: settings)
      .run(report: report, isStopped: isStopped)
    if let checksum { VerifiedRecord(checksum, path).keep() }
    return path
  }

  /// Sees to it that files of a backbone's weights that come in a `.tar.gz` are there.
  ///
  /// The archive is compared with its checksum when it comes, and not kept.
  ///
  /// - Parameters:
  ///   - names: The files' names in the archive, without folders; at least one.
  ///   - url: The archive's official address.
  ///   - backbone: The backbone's name.
  ///   - checksum: What the publisher tells of the archive.
  ///   - settings: How patient to be.
  ///   - report: As in ``Download/run(report:isStopped:)``.
  ///   - isStopped: As in ``Download/run(report:isStopped:)``.
  /// - Returns: The files' paths, in the order of the names.
  /// - Throws: ``DownloadError``.
  public func files(
    _ names: [String], fromArchive url: String, backbone: String, checksum: Checksum?,
    settings: DownloadSettings = DownloadSettings(), report: (DownloadEvent) -> Void = { _ in },
    isStopped: () -> Bool = { false }
  ) throws(DownloadError) -> [String] {
    let members = names.map { ArchiveMember($0, to: "\(folder)/\(backbone)/\($0)") }
    try Download(
      try source(of: url), unpacking: members, checksum: checksum, settings: settings
    ).run(report: report, isStopped: isStopped)
    return members.map(\.path)
  }

  /// The home folder that the system has for the user.
  private static var homeOfUser: String? {
    var (entry, found) = (passwd(), UnsafeMutablePointer<passwd>?.none)
    var text = [CChar](repeating: 0, count: 16384)
    return text.withUnsafeMutableBufferPointer { text in
      guard let start = text.baseAddress,
        getpwuid_r(getuid(), &entry, start, text.count, &found) == 0, found != nil
      else { return nil }
      return entry.pw_dir.map { String(cString: $0) }
    }
  }
}

/// That a file's bytes have been compared with a checksum.
private struct VerifiedRecord {
  private let path: String
  private let text: String?

  /// Makes what the record of the present file would be.
  init(_ checksum: Checksum, _ file: String) {
    path = "\(file).verified"
    text = FileStamp(file).flatMap {
      $0.isRegular ? "\(checksum) \($0.size) \($0.seconds).\($0.nanoseconds)\n" : nil
    }
  }

  /// Whether it is there.
  var isKept: Bool { text != nil && SystemFile.read(path) == text }

  /// Keeps it.
  ///
  /// Where that is not possible the file is read again next time.
  func keep() {
    if let text, !isKept { try? SystemFile.write(text, to: path) }
  }
}
