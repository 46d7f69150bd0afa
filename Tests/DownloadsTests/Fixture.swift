import Foundation
import LocalServer

@testable import Downloads

/// The published file: 100 000 bytes in which no part is like another.
let content = bytes(seed: 1)
/// `md5sum` and `sha256sum` of it.
let contentMD5 = "c751ab430df82faa05591bf22ba08359"
let contentSHA256 = "11ef51a068df1a663d61718bd8a5bd0c3e0e97ab84f131d94f8d73bd2a8b5549"

/// 100 000 bytes of a linear congruential generator.
func bytes(seed: UInt32) -> [UInt8] {
  var state = seed
  return (0..<100_000).map { _ in
    state = state &* 1_664_525 &+ 1_013_904_223
    return UInt8(state >> 24)
  }
}

/// A folder that is gone when its last user is.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/DownloadsTests-XXXXXX".utf8CString)
    path = String(cString: mkdtemp(&template))
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var contents: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}

func read(_ path: String) throws -> [UInt8] {
  try Array(Data(contentsOf: URL(filePath: path)))
}

func write(_ bytes: some Sequence<UInt8>, to path: String) throws {
  try Data(Array(bytes)).write(to: URL(filePath: path))
}

/// One file on one server, and the folder that it goes to.
struct Scene {
  let server: LocalServer
  let folder: TemporaryFolder
  var settings = DownloadSettings()

  /// Starts the server.
  ///
  /// - Parameter answer: As in ``LocalServer/init(_:)``.
  /// - Throws: What keeps a server from being started.
  init(
    _ answer: @escaping @Sendable (LocalServer.Request, Int) -> LocalServer.Response = {
      request, _ in .file(content, to: request)
    }
  ) throws {
    server = try LocalServer(answer)
    folder = try TemporaryFolder()
    settings.pauses = []
  }

  var url: String { "\(server.url)/weights.h5" }
  var path: String { "\(folder.path)/weights.h5" }

  func download(_ checksum: Checksum? = try? .md5(contentMD5)) throws -> Download {
    try Download(url, to: path, checksum: checksum, settings: settings)
  }

  /// The error that a download ends with; nil if it succeeds.
  func failure(_ checksum: Checksum? = try? .md5(contentMD5)) throws -> DownloadError? {
    let download = try download(checksum)
    do throws(DownloadError) {
      try download.run()
      return nil
    } catch { return error }
  }
}
