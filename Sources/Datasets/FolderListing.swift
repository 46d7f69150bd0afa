internal import Glibc

/// What a folder holds, by name.
struct FolderListing {
  private(set) var folders: [String] = []
  private(set) var files: [String] = []

  /// Lists a folder, without names that start with a dot.
  ///
  /// - Throws: The system's reason if the folder cannot be read.
  init(_ path: String) throws(SystemReason) {
    guard let stream = opendir(path) else { throw SystemReason() }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasPrefix(".") { continue }
      var status = stat()
      // What a broken link names is left to whoever reads it.
      let isFolder = stat("\(path)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      if isFolder { folders.append(name) } else { files.append(name) }
    }
    folders.sort()
    files.sort()
  }
}

/// The system's words for a call that has just failed, in lower case as the rest of an error's line.
struct SystemReason: Error {
  let text: String

  init() {
    let text = String(cString: strerror(errno))
    self.text = text.prefix(1).lowercased() + text.dropFirst()
  }
}
