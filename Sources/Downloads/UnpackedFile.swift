internal import Files
internal import Glibc

/// A file on its way out of an archive; it has no name before it is whole.
final class UnpackedFile {
  let member: ArchiveMember
  private let descriptor: CInt
  /// Its name where the file system has no files without one.
  private let temporary: String
  private var isNamed: Bool

  /// Begins a file of so many bytes.
  ///
  /// - Parameters:
  ///   - member: Where it is to be.
  ///   - size: Its length.
  ///   - mustBeNamed: Whether it has a name from the beginning, as where the file system knows no other.
  /// - Throws: ``DownloadError/noRoom(file:needed:free:)`` if they do not fit on the disk, or what else
  ///   the system says.
  init(
    _ member: ArchiveMember, size: Int, isNamed mustBeNamed: Bool = false
  ) throws(DownloadError) {
    self.member = member
    temporary = "\(member.path).unpacked"
    // Left by a process that was killed; whoever unpacks has the part's lock.
    unlink(temporary)
    // The macro O_TMPFILE is not imported. Such a file gets its name through /proc.
    let hidden = O_WRONLY | O_DIRECTORY | 0o20_000_000 | O_CLOEXEC
    let isReachable = !mustBeNamed && access("/proc/self/fd", X_OK) == 0
    let nameless = isReachable ? open(member.path.folder, hidden, 0o666) : -1
    isNamed = nameless < 0
    descriptor =
      isNamed ? open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) : nameless
    guard descriptor >= 0 else { throw .system(temporary) }
    try SystemFile.reserve(size, descriptor, member.path)
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if isNamed { unlink(temporary) }
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws(DownloadError) {
    guard writeWhole(bytes, to: descriptor) else { throw .system(member.path) }
  }

  /// Has the bytes put on the disk.
  func synchronise() throws(DownloadError) {
    guard fsync(descriptor) == 0 else { throw .system(member.path) }
  }

  /// Gives the file its final name.
  func publish() throws(DownloadError) {
    if !isNamed {
      let link = linkat(
        AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, temporary, AT_SYMLINK_FOLLOW)
      guard link == 0 else { throw .system(temporary) }
      isNamed = true
    }
    guard rename(temporary, member.path) == 0 else { throw .system(member.path) }
    isNamed = false
  }
}
