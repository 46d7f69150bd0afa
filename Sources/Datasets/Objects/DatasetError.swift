/// What keeps a data set of labelled images from being read or written.
public enum DatasetError: Error, Equatable, Sendable {
  /// A file or folder cannot be read; the reason is the system's.
  case unreadable(path: String, reason: String)
  /// A file or folder cannot be written; the reason is the system's.
  case unwritable(path: String, reason: String)
  /// A file is not what its name says, or breaks off.
  case malformed(path: String, expected: String, found: String)
  /// A path leads to nothing that is read.
  case unknownForm(path: String, found: String)
  /// There is no such split.
  case unknownSplit(path: String, name: String, known: [String])
  /// There are several splits and none was named.
  case splitNeeded(path: String, known: [String])
  /// A split names no image.
  case emptySplit(path: String)
  /// A split names images more than once.
  case repeatedNames(path: String, names: [String])
  /// A list of ids or names has one more than once.
  case repeated(path: String, what: String, value: String)
  /// The list of classes that was asked for is of no use.
  case badClasses(reason: String)
  /// The images of a COCO file are in none of the usual places.
  case noImageFolder(path: String, first: String, tried: [String])
  /// All images or all objects have been left out; the first issue says why.
  case nothingLeft(path: String, what: String, issueCount: Int, first: DatasetIssue?)
  /// A data set cannot be said in VOC's form.
  case inexpressible(name: String, reason: String)
}

extension DatasetError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "\(path.oneLine): cannot be read: \(reason.oneLine)"
    case .unwritable(let path, let reason):
      "\(path.oneLine): cannot be written: \(reason.oneLine)"
    case .malformed(let path, let expected, let found):
      "\(path.oneLine): cannot be understood, expected \(expected), found \(found.oneLine); "
        + "mend the file or take it out of the data"
    case .unknownForm(let path, let found):
      "\(path.oneLine): is no labelled data that is read, expected a VOC folder "
        + "(Annotations/*.xml, JPEGImages), a COCO .json file or a folder with annotations/*.json, "
        + "found \(found.oneLine); name one of these"
    case .unknownSplit(let path, let name, let known):
      "\(path.oneLine): has no split '\(name.oneLine)', expected "
        + (known.isEmpty ? "none" : "one of \(Self.list(known))") + "; name one that exists"
    case .splitNeeded(let path, let known):
      "\(path.oneLine): has several splits, expected one to be named, found \(Self.list(known)); "
        + "name one of them"
    case .emptySplit(let path):
      "\(path.oneLine): names no image, expected one a line; fill it or name another split"
    case .repeatedNames(let path, let names):
      "\(path.oneLine): names images more than once, found \(Self.list(names)) repeated; "
        + "remove the repetitions"
    case .repeated(let path, let what, let value):
      "\(path.oneLine): \(what) must differ, found \(value.oneLine) twice; mend the file"
    case .badClasses(let reason):
      "classes: \(reason.oneLine); name each class once"
    case .noImageFolder(let path, let first, let tried):
      "\(path.oneLine): its images are not found, expected '\(first.oneLine)' in one of "
        + "\(Self.list(tried)); name the folder of the images"
    case .nothingLeft(let path, let what, let issueCount, let first):
      "\(path.oneLine): no \(what) is left, expected at least one, found \(issueCount) "
        + (issueCount == 1 ? "issue" : "issues")
        + (first.map { ", first: \($0)" } ?? "; add labelled images")
    case .inexpressible(let name, let reason):
      "\(name.oneLine): cannot be written as VOC: \(reason.oneLine)"
    }
  }

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(12).map { $0.oneLine }.joined(separator: ", ")
    return shown + (names.count > 12 ? " and \(names.count - 12) more" : "")
  }
}

extension DatasetError {
  /// Reads a whole file of up to `limit` bytes.
  static func contents(of path: String, limit: Int) throws(DatasetError) -> [UInt8] {
    do throws(ImageError) {
      return try PictureFile(path, limit: limit).contents()
    } catch {
      if case .unreadable(_, let reason) = error { throw .unreadable(path: path, reason: reason) }
      throw .unreadable(path: path, reason: error.description)
    }
  }

  /// Lists a folder.
  static func listing(_ path: String) throws(DatasetError) -> FolderListing {
    do { return try FolderListing(path) } catch {
      throw .unreadable(path: path, reason: error.text)
    }
  }
}
