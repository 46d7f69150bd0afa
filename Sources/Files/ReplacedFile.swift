internal import Glibc

/// A file that takes its name only when it is whole and on the disk.
///
/// Until then it has another name beside its place, which ends with `.part`.
package struct ReplacedFile: ~Copyable {
  private let replacement: Replacement
  private let descriptor: CInt

  /// Writes a file: a reader sees what had the name before, or all of the new content.
  ///
  /// - Parameters:
  ///   - path: The file's path; of a symbolic link, the file that it leads to is replaced.
  ///   - content: Appends the content.
  /// - Throws: ``FileError`` if the folder cannot be written or the disk is full, and what
  ///   `content` throws; nothing is left behind then.
  package static func write(
    to path: String, _ content: (borrowing ReplacedFile) throws(FileError) -> Void
  ) throws(FileError) {
    let replacement = try Replacement(of: path)
    let file = try ReplacedFile(replacement)
    do throws(FileError) {
      try content(file)
      try file.synchronise()
    } catch {
      Glibc.close(file.descriptor)
      replacement.remove()
      throw error
    }
    try file.close()
    try replacement.takeName()
  }

  /// Writes a text as a file.
  ///
  /// - Throws: ``FileError`` as ``write(to:_:)``.
  package static func write(_ text: String, to path: String) throws(FileError) {
    try write(to: path) { (file) throws(FileError) in try file.append(Array(text.utf8)) }
  }

  /// Has a library write a file that wants a name rather than bytes.
  ///
  /// - Parameters:
  ///   - path: The file's path, as for ``write(to:_:)``.
  ///   - content: Makes the file under the name that it is given, where nothing is, and closes it.
  /// - Throws: ``FileError`` if the folder cannot be written or the disk is full, and what
  ///   `content` throws; nothing is left behind then.
  package static func writeByName(
    to path: String, _ content: (_ temporary: String) throws -> Void
  ) throws {
    let replacement = try Replacement(of: path)
    // Whether a file can be made there is said in this room's words, not the library's.
    try ReplacedFile(replacement).close()
    replacement.remove()
    do {
      try content(replacement.temporary)
      try replacement.synchronise()
    } catch {
      replacement.remove()
      throw error
    }
    try replacement.takeName()
  }

  private init(_ replacement: Replacement) throws(FileError) {
    self.replacement = replacement
    descriptor = open(replacement.temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw errno == ENOENT ? replacement.withoutFolder : .unwritten(replacement.path)
    }
  }

  /// Writes at the end of the file.
  ///
  /// - Throws: ``FileError`` if the disk is full or fails.
  package func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    guard writeWhole(bytes, to: descriptor) else { throw .unwritten(replacement.path) }
  }

  /// Writes at the end of the file.
  ///
  /// - Throws: ``FileError`` if the disk is full or fails.
  package func append(_ bytes: [UInt8]) throws(FileError) {
    guard bytes.withUnsafeBytes({ writeWhole($0, to: descriptor) }) else {
      throw .unwritten(replacement.path)
    }
  }

  private func synchronise() throws(FileError) {
    guard fsync(descriptor) == 0 else { throw .unwritten(replacement.path) }
  }

  private func close() throws(FileError) {
    // Some file systems report only now that the disk is full.
    guard Glibc.close(descriptor) == 0 else {
      let error = FileError.unwritten(replacement.path)
      replacement.remove()
      throw error
    }
  }
}

/// Writes bytes at an open file's position, however often the system is interrupted.
///
/// - Returns: False if the system refused; `errno` then has the reason.
package func writeWhole(_ bytes: UnsafeRawBufferPointer, to descriptor: CInt) -> Bool {
  var done = 0
  while done < bytes.count {
    let count = Glibc.write(
      descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
    if count < 0 && errno == EINTR { continue }
    guard count > 0 else { return false }
    done += count
  }
  return true
}
