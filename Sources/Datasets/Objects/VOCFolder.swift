/// A data set in the form of Pascal VOC: annotations, images and lists of images in three folders.
///
///     Annotations/NAME.xml        what is on the image NAME and where
///     JPEGImages/NAME.jpg         the image: .jpg, .jpeg or .png in any case
///     ImageSets/Main/SPLIT.txt    the names of a split's images, one a line; may be missing
///
/// An annotation belongs to the image of its own file's name, whatever its `filename` element says:
/// that one is often wrong, and the field's programs pass it over too. Boxes of an object's parts
/// are passed over. `annotations` and `images` are taken as names of the first two folders as well.
///
/// Source: [The PASCAL Visual Object Classes Challenge 2012, development
/// kit](http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/).
public struct VOCFolder: Hashable, Sendable {
  /// The data set's folder.
  public let path: String
  /// The names of the lists in `ImageSets/Main`, sorted; empty if there is no such folder.
  public let splits: [String]
  /// The folder of the annotations.
  let annotationFolder: String
  /// The names of the annotations without `.xml`, sorted.
  let annotationNames: [String]
  /// Their files, whose ending may be in capitals.
  let annotationFiles: [String: String]

  /// The split of all annotated images, unless a list has that name.
  public static let everything = "all"

  /// Lists a folder's annotations and splits; none is opened.
  ///
  /// - Throws: ``DatasetError`` if it has no annotations.
  public init(_ path: String) throws(DatasetError) {
    let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let top = try DatasetError.listing(path)
    guard let name = Self.annotationFolderNames.first(where: { top.folders.contains($0) }) else {
      throw .unknownForm(path: path, found: "no folder 'Annotations' in it")
    }
    annotationFolder = "\(path)/\(name)"
    annotationFiles = Dictionary(
      try DatasetError.listing(annotationFolder).files
        .filter { $0.lowercased().hasSuffix(".xml") }.map { (PictureNames.stem(of: $0), $0) }
    ) { $1 }
    annotationNames = annotationFiles.keys.sorted()
    guard !annotationNames.isEmpty else {
      throw .unknownForm(path: annotationFolder, found: "no .xml file")
    }
    splits = try Self.splits(of: path, top: top)
    self.path = path
  }

  private static func splits(
    of path: String, top: FolderListing
  ) throws(DatasetError) -> [String] {
    guard top.folders.contains("ImageSets") else { return [] }
    guard try DatasetError.listing("\(path)/ImageSets").folders.contains("Main") else { return [] }
    return try DatasetError.listing("\(path)/ImageSets/Main").files
      .filter { $0.hasSuffix(".txt") }.map { String($0.dropLast(4)) }
  }

  static let annotationFolderNames = ["Annotations", "annotations"]
  static let imageFolderNames = ["JPEGImages", "images", "Images"]

  /// The names of a split's images, in the list's order.
  ///
  /// - Parameter split: The list's name without `.txt`, or ``everything``.
  /// - Returns: The names, each once.
  /// - Throws: ``DatasetError`` if there is no such split, or if it is empty or repeats a name.
  public func names(of split: String) throws(DatasetError) -> [String] {
    guard splits.contains(split) else {
      if split == Self.everything { return annotationNames }
      throw .unknownSplit(path: path, name: split, known: splits + [Self.everything])
    }
    return try VOCSplit.names(
      contentsOf: "\(path)/ImageSets/Main/\(split).txt", annotated: Set(annotationNames))
  }
}
