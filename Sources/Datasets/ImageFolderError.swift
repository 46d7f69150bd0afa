/// What keeps a folder from being taken as pictures by class.
public enum ImageFolderError: Error, Equatable, Sendable {
  /// A folder cannot be listed; the reason is the system's.
  case unreadable(path: String, reason: String)
  /// There is no folder of a class.
  case noClasses(path: String)
  /// There is nothing to tell apart.
  case oneClass(path: String, name: String)
  /// A class has no picture.
  case emptyClass(path: String, otherFiles: Int)
  /// All pictures of a class have been left out.
  case nothingLeft(path: String, name: String)
  /// A class is among the validation pictures only.
  case unknownClass(path: String, known: [String])
}

extension ImageFolderError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "\(path): cannot be listed: \(reason)"
    case .noClasses(let path):
      "\(path): has no classes, expected a folder of pictures for each class, found no folder; "
        + "name the folder above them"
    case .oneClass(let path, let name):
      "\(path): has one class only, expected at least 2, found '\(name)'; "
        + "add a folder of pictures of something else"
    case .emptyClass(let path, let otherFiles):
      "\(path): has no pictures, expected .jpg, .jpeg or .png files, found "
        + (otherFiles == 0 ? "none" : "\(otherFiles) of other kinds")
        + "; add some or remove the folder"
    case .nothingLeft(let path, let name):
      "\(path): class '\(name)' has no picture left to train on; add some or remove the folder"
    case .unknownClass(let path, let known):
      "\(path): is no class of the training pictures, expected one of "
        + known.prefix(8).joined(separator: ", ") + (known.count > 8 ? ", …" : "")
        + "; rename the folder"
    }
  }
}
