/// A file of an archive, and where it is to be.
public struct ArchiveMember: Hashable, Sendable {
  /// Its name in the archive without folders: no path of an archive's is ever followed.
  public let name: String
  public let path: String

  /// Makes a member.
  ///
  /// - Parameters:
  ///   - name: The last component of its path in the archive.
  ///   - path: Where it is to be.
  public init(_ name: String, to path: String) {
    precondition(!name.isEmpty && !name.contains("/"), "a member is asked for by its name alone")
    (self.name, self.path) = (name, path)
  }
}
