internal import Glibc

extension LabelledData {
  /// Reads a labelled data set of whichever form.
  ///
  /// A folder with `Annotations` is read as ``VOCFolder``. A JSON file is read as ``COCOFile``, and
  /// so is the one file of a split in a folder: `instances_SPLIT.json` or `SPLIT.json`, in
  /// `annotations` or at the top, or `SPLIT/_annotations.coco.json`.
  ///
  /// - Parameters:
  ///   - path: A folder or file.
  ///   - split: The part that is wanted; nil for all of VOC, and for a file or the only one in a
  ///     folder of COCO.
  ///   - classes: The classes' names in the order of their labels; nil for those of the data set.
  ///     Objects of others are left out and become issues.
  ///   - images: The folder of the images; nil for the usual place.
  ///   - coordinates: What the boxes' numbers count from.
  /// - Throws: ``DatasetError`` if it cannot be read or nothing is left.
  public init(
    contentsOf path: String, split: String? = nil, classes: [String]? = nil,
    images: String? = nil, coordinates: CoordinateConvention = .automatic
  ) throws(DatasetError) {
    let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    switch try DatasetForm(of: path) {
    case .voc:
      self = try VOCFolder(path).load(
        split: split ?? VOCFolder.everything, classes: classes, images: images,
        coordinates: coordinates)
    case .cocoFile:
      if let split { throw .unknownSplit(path: path, name: split, known: []) }
      self = try COCOFile(path).load(classes: classes, images: images, coordinates: coordinates)
    case .cocoFolder(let files):
      let file: String
      switch (split, files.count) {
      case (nil, 1): file = files[0].file
      case (let split?, _):
        guard let match = files.first(where: { $0.split == split }) else {
          throw .unknownSplit(path: path, name: split, known: files.map(\.split))
        }
        file = match.file
      case (nil, _):
        throw .splitNeeded(path: path, known: files.map(\.split))
      }
      self = try COCOFile(file).load(
        classes: classes, images: images, coordinates: coordinates, splits: files.map(\.split))
    }
  }

  /// The splits that a path has, by name; empty for a COCO file.
  ///
  /// - Throws: ``DatasetError`` if there is no labelled data.
  public static func splits(at path: String) throws(DatasetError) -> [String] {
    switch try DatasetForm(of: path) {
    case .voc: try VOCFolder(path).splits
    case .cocoFile: []
    case .cocoFolder(let files): files.map(\.split)
    }
  }
}

/// What a path leads to.
private enum DatasetForm {
  case voc
  case cocoFile
  case cocoFolder([(split: String, file: String)])

  init(of path: String) throws(DatasetError) {
    var status = stat()
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw .unreadable(path: path, reason: "not a name of a file or folder")
    }
    guard stat(path, &status) == 0 else {
      throw .unreadable(path: path, reason: SystemReason().text)
    }
    if status.st_mode & S_IFMT == S_IFDIR {
      self = try Self.form(ofFolder: path)
    } else {
      self = try Self.form(ofFile: path)
    }
  }

  private static func form(ofFile path: String) throws(DatasetError) -> DatasetForm {
    let prefix: [UInt8]
    do throws(ImageError) { prefix = try PictureFile(path).prefix(512) } catch {
      if case .unreadable(_, let reason) = error { throw .unreadable(path: path, reason: reason) }
      throw .unreadable(path: path, reason: error.description)
    }
    let text = prefix.drop { [0xEF, 0xBB, 0xBF, 0x20, 0x09, 0x0A, 0x0D].contains($0) }
    switch text.first {
    case UInt8(ascii: "{"), UInt8(ascii: "["): return .cocoFile
    case UInt8(ascii: "<"):
      throw .unknownForm(path: path, found: "a single XML file, perhaps of a VOC folder")
    default:
      if ImageFormat(prefix: prefix[...]) != nil {
        throw .unknownForm(path: path, found: "a picture")
      }
      throw .unknownForm(path: path, found: ImageFormat.describe(prefix: prefix[...]))
    }
  }

  private static func form(ofFolder path: String) throws(DatasetError) -> DatasetForm {
    let top = try DatasetError.listing(path)
    for name in VOCFolder.annotationFolderNames where top.folders.contains(name) {
      let files = try DatasetError.listing("\(path)/\(name)").files
      if files.contains(where: { $0.lowercased().hasSuffix(".xml") }) { return .voc }
      let lists = files.filter { $0.lowercased().hasSuffix(".json") }
      if !lists.isEmpty {
        return .cocoFolder(cocoSplits(lists, in: "\(path)/\(name)"))
      }
      throw .unknownForm(path: path, found: "a folder '\(name)' without .xml and .json files")
    }
    let lists = top.files.filter { $0.lowercased().hasSuffix(".json") }
    if !lists.isEmpty { return .cocoFolder(cocoSplits(lists, in: path)) }
    var exported: [(split: String, file: String)] = []
    for name in top.folders {
      // A folder that is closed to us is none of ours.
      guard let inner = try? FolderListing("\(path)/\(name)") else { continue }
      if VOCFolder.annotationFolderNames.contains(where: { inner.folders.contains($0) }) {
        throw .unknownForm(path: path, found: "one in the folder '\(name)' below it")
      }
      if inner.files.contains(exportedFile) {
        exported.append((name, "\(path)/\(name)/\(exportedFile)"))
      }
    }
    if !exported.isEmpty { return .cocoFolder(exported) }
    let found = (top.folders.map { "\($0)/" } + top.files).prefix(6).joined(separator: ", ")
    throw .unknownForm(path: path, found: found.isEmpty ? "an empty folder" : found)
  }

  /// What labelling services name a split's file, among its images.
  private static let exportedFile = "_annotations.coco.json"

  /// `instances_val2017.json` is the split `val2017`.
  private static func cocoSplits(
    _ files: [String], in folder: String
  ) -> [(split: String, file: String)] {
    files.map { file in
      let stem = PictureNames.stem(of: file)
      let prefix = "instances_"
      let split = stem.hasPrefix(prefix) ? String(stem.dropFirst(prefix.count)) : stem
      return (split, "\(folder)/\(file)")
    }.sorted { $0 < $1 }
  }
}
