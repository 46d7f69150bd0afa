internal import Glibc

/// Files that a power cut leaves whole.
enum DurableFile {
  /// Writes a text under a name, whole or not at all.
  ///
  /// - Throws: ``TrainingError/run(path:reason:)`` with the system's reason.
  static func write(_ text: String, to path: String) throws(TrainingError) {
    let temporary = "\(path).\(getpid()).part"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .system(path) }
    do throws(TrainingError) {
      defer { close(descriptor) }
      try append(text, to: descriptor, path: path)
      guard fsync(descriptor) == 0, rename(temporary, path) == 0 else { throw .system(path) }
    } catch {
      unlink(temporary)
      throw error
    }
    let folder = open(path.folder, O_RDONLY | O_CLOEXEC)
    guard folder >= 0 else { throw .system(path) }
    defer { close(folder) }
    guard fsync(folder) == 0 else { throw .system(path) }
  }

  /// Reads a text.
  ///
  /// - Throws: ``TrainingError/run(path:reason:)`` with the system's reason.
  static func read(_ path: String) throws(TrainingError) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .system(path) }
      if count == 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += chunk.prefix(count)
    }
  }

  /// Writes a text at the end of an open file.
  static func append(
    _ text: String, to descriptor: CInt, path: String
  ) throws(TrainingError) {
    var text = text
    let result: Result<Void, TrainingError> = text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        let count = Glibc.write(
          descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
        if count < 0 && errno == EINTR { continue }
        if count <= 0 { return .failure(.system(path)) }
        done += count
      }
      return .success(())
    }
    try result.get()
  }
}

extension TrainingError {
  /// The system's words for a call that has just failed.
  static func system(_ path: String) -> TrainingError {
    let text = String(cString: strerror(errno))
    return .run(path: path, reason: text.prefix(1).lowercased() + text.dropFirst())
  }
}

extension String {
  /// The folder of a path.
  var folder: String { lastIndex(of: "/").map { String(self[...$0]) } ?? "." }

  /// Whether the path leads to a regular file.
  var isFile: Bool {
    var status = stat()
    return stat(self, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}
