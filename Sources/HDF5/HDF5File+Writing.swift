internal import Files
internal import Glibc

extension HDF5File {
  /// Writes a file, whole or not at all.
  ///
  /// The content goes to a temporary file in the same folder, to the disk, and only then takes the
  /// name: a reader sees the old file or the new one. If anything fails the temporary file is
  /// removed and what had the name before stays.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - content: Writes the content.
  /// - Throws: `FileError` if the folder cannot be written or the disk is full, ``HDF5Error`` if
  ///   libhdf5 finds fault, and what `content` throws.
  public static func write(
    to path: String, _ content: (HDF5Writer) throws -> Void
  ) throws {
    try ReplacedFile.writeByName(to: path) { temporary in
      let writer = try HDF5Writer(creating: temporary, namedInErrors: path)
      do {
        try content(writer)
        try writer.flush()
      } catch let error as HDF5Error where error.file == path {
        // libhdf5 speaks of its own trouble; on a full disk that is worth plainer words.
        throw isFull(temporary) ? FileError.diskFull(path) : error
      }
    }
  }

  private static func isFull(_ temporary: String) -> Bool {
    var status = statvfs()
    return statvfs(temporary, &status) == 0 && status.f_bavail < (1 << 20) / max(status.f_frsize, 1)
  }
}
