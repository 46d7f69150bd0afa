internal import Files
internal import Glibc

/// A file that cannot be had.
public enum DownloadError: Error, Hashable, Sendable, CustomStringConvertible {
  case unusableURL(String, reason: String)
  case unusableMirror(String, reason: String)
  case unusableChecksum(String, expected: String)
  /// The server answers, but not with the file.
  case status(Int, url: String)
  /// There is no connection to the server.
  case unreachable(url: String, reason: String)
  /// The server cannot show that it is the one.
  case untrusted(url: String, reason: String)
  /// The connection ended before the file did. `total` is nil if the server has not said it.
  case cutShort(url: String, received: Int, total: Int?, reason: String)
  case redirect(url: String, reason: String)
  /// The server sends another part of the file than it was asked for.
  case wrongRange(url: String, expected: Int, found: String)
  /// What arrived is not what was published; it has been removed.
  case wrongChecksum(url: String, file: String, expected: Checksum, found: String)
  /// An archive that cannot be unpacked to its end; it has been removed.
  case damagedArchive(url: String, reason: String)
  /// An archive that does not hold what it should, or far more; it has been removed.
  case unusableArchive(url: String, reason: String)
  /// The system has no such digest.
  case noDigest(Checksum.Algorithm, file: String)
  /// The disk is full, or would be. `needed` and `free` are bytes, nil if unknown.
  case noRoom(file: String, needed: Int?, free: Int?)
  /// A file or folder refuses.
  case file(path: String, reason: String, advice: String)
  /// Stopped by whoever had asked for it. `file` has what has arrived.
  case stopped(file: String, received: Int)
  case noHome
  case library(String, reason: String)

  public var description: String {
    let (problem, advice) = parts
    return advice.map { "\(problem); \($0)" } ?? problem
  }

  /// What is wrong, without what to do about it.
  public var problem: String { parts.problem }

  private var parts: (problem: String, advice: String?) {
    switch self {
    case .unusableURL(let url, let reason):
      ("\(url): is not an address to download from, \(reason)", nil)
    case .unusableMirror(let url, let reason):
      ("ZOO_MIRROR \(url): is not an address to download from, \(reason)", nil)
    case .unusableChecksum(let digits, let expected):
      ("checksum '\(digits)': cannot be compared with, expected \(expected)", nil)
    case .status(let status, let url):
      (
        "\(url): the server refuses the file, expected status 200, found \(status)",
        Self.meaning(of: status)
      )
    case .unreachable(let url, let reason):
      (
        "\(url): cannot be reached, \(reason)",
        "check the network, or name a proxy by https_proxy or a mirror by ZOO_MIRROR"
      )
    case .untrusted(let url, let reason):
      (
        "\(url): the server cannot be trusted, \(reason)",
        "check the clock and the system's certificates (ca-certificates), or name a file of more "
          + "by SSL_CERT_FILE"
      )
    case .cutShort(let url, let received, let total, let reason):
      (
        "\(url): the transfer ended early, expected \(total.map { "\($0)" } ?? "more") bytes, found "
          + "\(received), \(reason)",
        "what has come is kept, run it again to go on from there"
      )
    case .redirect(let url, let reason): ("\(url): leads nowhere, \(reason)", nil)
    case .wrongRange(let url, let expected, let found):
      (
        "\(url): the server sends another part of the file, expected it from byte \(expected) on, "
          + "found \(found)",
        "run it again to start anew"
      )
    case .wrongChecksum(let url, let file, let expected, let found):
      (
        "\(file): is not the file that was published, expected \(expected), found "
          + "\(expected.algorithm.rawValue):\(found)",
        "it has been removed, download it again, and if that does not help something between here "
          + "and \(url) changes it"
      )
    case .damagedArchive(let url, let reason):
      ("\(url): the archive is damaged, \(reason)", "it has been removed, download it again")
    case .unusableArchive(let url, let reason):
      (
        "\(url): the archive is not what was expected, \(reason)",
        "it has been removed, pass a file of weights instead"
      )
    case .noDigest(let algorithm, let file):
      ("\(file): cannot be checked, this system's libcrypto refuses \(algorithm.rawValue)", nil)
    case .noRoom(let file, let needed?, let free?):
      (
        "\(file): there is no room, expected \(needed) bytes, found \(free)",
        "free some, or name a folder on another disk"
      )
    case .noRoom(let file, _, _):
      ("\(file): there is no room left", "free some, or name a folder on another disk")
    case .file(let path, let reason, let advice): ("\(path): \(reason)", advice)
    case .stopped(let file, let received):
      ("\(file): stopped after \(received) bytes", "run it again to go on from there")
    case .noHome:
      ("cache folder: there is no home folder to put it in", "set ZOO_CACHE to a folder")
    case .library(let name, let reason): ("\(name): \(reason)", nil)
    }
  }

  /// What the common statuses mean for who wants a file.
  private static func meaning(of status: Int) -> String? {
    switch status {
    case 401, 407: "a name and password are wanted"
    case 403: "it is not for everybody, or not from here"
    case 404, 410: "it is not there any more"
    case 429: "too many have asked; wait a while"
    case 500...599: "the server is in trouble; try again later"
    default: nil
    }
  }

  /// The system's words for a call that has just failed.
  static func system(_ path: String) -> DownloadError {
    let code = errno
    if code == ENOSPC || code == EDQUOT { return .noRoom(file: path, needed: nil, free: nil) }
    return .file(
      path: path, reason: systemReason(),
      advice: "choose a folder that can be written, by ZOO_CACHE or --output")
  }
}
