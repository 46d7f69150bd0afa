internal import Boxes
internal import Glibc

/// Writes annotations and lists of images in the form of Pascal VOC, numbered from 1.
///
/// Images are not written: they are where their paths say, and belong into `JPEGImages` under their
/// names. VOC has no groups in one box; they are written as difficult, which counts alike where
/// detections are measured. Areas of outlines are lost, and edges are rounded to whole pixels.
public struct VOCWriter: Hashable, Sendable {
  /// The data set's folder.
  public let path: String

  /// - Parameter path: The data set's folder; what is missing is made when something is written.
  public init(_ path: String) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }

  /// Writes a split: an annotation for each image, and then their list.
  ///
  /// Each file appears whole or not at all, and the list last. Files of the same names are
  /// replaced.
  ///
  /// - Parameters:
  ///   - dataset: The images and what is on them.
  ///   - split: The list's name without `.txt`.
  /// - Throws: ``DatasetError`` if a file cannot be written, or a name or box not be said in this
  ///   form; the latter is found before anything is written.
  public func write(_ dataset: DetectionDataset, split: String) throws(DatasetError) {
    guard Self.isFileName(split) else {
      throw .inexpressible(name: split, reason: "the split's name is no name of a file")
    }
    guard !dataset.images.isEmpty else {
      throw .inexpressible(name: split, reason: "the split has no images")
    }
    var names: Set<String> = []
    for image in dataset.images {
      guard Self.isFileName(image.name) else {
        throw .inexpressible(name: image.name, reason: "the image's name is no name of a file")
      }
      guard names.insert(image.name).inserted else {
        throw .inexpressible(name: image.name, reason: "two images have the name")
      }
      // To find what cannot be said while nothing is written; held one at a time.
      _ = try Self.annotation(of: image, classes: dataset.classes)
    }
    try makeFolders()
    for image in dataset.images {
      try replaceFile(
        "\(path)/Annotations/\(image.name).xml",
        with: Self.annotation(of: image, classes: dataset.classes))
    }
    try replaceFile(
      "\(path)/ImageSets/Main/\(split).txt",
      with: dataset.images.map { "\($0.name)\n" }.joined())
  }

  /// The annotation file of an image.
  static func annotation(
    of image: AnnotatedImage, classes: [String]
  ) throws(DatasetError) -> String {
    let file = image.path.split(separator: "/").last.map { String($0) } ?? image.name
    var text = """
      <annotation>
      \t<folder>JPEGImages</folder>
      \t<filename>\(try escaped(file, of: image))</filename>
      \t<size>
      \t\t<width>\(image.width)</width>
      \t\t<height>\(image.height)</height>
      \t\t<depth>3</depth>
      \t</size>
      \t<segmented>0</segmented>

      """
    for (index, object) in image.objects.enumerated() {
      precondition(classes.indices.contains(object.label), "a label is the index of a class")
      let edges = try pixels(of: object.box, number: index + 1, image: image)
      text += """
        \t<object>
        \t\t<name>\(try escaped(classes[object.label], of: image))</name>
        \t\t<pose>Unspecified</pose>
        \t\t<truncated>\(object.isTruncated ? 1 : 0)</truncated>
        \t\t<difficult>\(object.isDifficult || object.isCrowd ? 1 : 0)</difficult>
        \t\t<bndbox>
        \t\t\t<xmin>\(edges[0])</xmin>
        \t\t\t<ymin>\(edges[1])</ymin>
        \t\t\t<xmax>\(edges[2])</xmax>
        \t\t\t<ymax>\(edges[3])</ymax>
        \t\t</bndbox>
        \t</object>

        """
    }
    return text + "</annotation>\n"
  }

  /// The first and last column and row of a box, counted from 1.
  private static func pixels(
    of box: Box, number: Int, image: AnnotatedImage
  ) throws(DatasetError) -> [Int] {
    let (width, height) = (Float(image.width), Float(image.height))
    guard box.isProper, box.x1 > -0.5, box.y1 > -0.5, box.x2 < width + 0.5, box.y2 < height + 0.5
    else {
      throw .inexpressible(
        name: image.name, reason: "the box of object \(number) does not lie within the image")
    }
    let inside = box.clipped(width: width, height: height)
    let edges = [
      Int(inside.x1.rounded()) + 1, Int(inside.y1.rounded()) + 1, Int(inside.x2.rounded()),
      Int(inside.y2.rounded()),
    ]
    guard edges[2] > edges[0], edges[3] > edges[1] else {
      throw .inexpressible(
        name: image.name,
        reason: "the box of object \(number) is less than two pixels wide or high, which readers "
          + "take for no box at all")
    }
    return edges
  }

  /// A text as XML says it.
  private static func escaped(
    _ text: String, of image: AnnotatedImage
  ) throws(DatasetError) -> String {
    var escaped = ""
    guard text == text.withoutOuterSpace, !text.isEmpty else {
      throw .inexpressible(name: image.name, reason: "a name is empty or starts or ends with space")
    }
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\u{FFFE}", "\u{FFFF}":
        throw .inexpressible(name: image.name, reason: "XML cannot hold a character of '\(text)'")
      case _ where scalar.properties.generalCategory == .control:
        throw .inexpressible(
          name: image.name, reason: "'\(text)' has a control character")
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  private static func isFileName(_ name: String) -> Bool {
    !name.isEmpty && !name.hasPrefix(".") && !name.contains("/") && name.utf8.count <= 240
      && name == name.withoutOuterSpace
      && !name.unicodeScalars.contains { $0.properties.generalCategory == .control }
  }

  private func makeFolders() throws(DatasetError) {
    for folder in ["", "/Annotations", "/ImageSets", "/ImageSets/Main"] {
      let folder = path + folder
      if mkdir(folder, 0o755) != 0 && errno != EEXIST {
        throw .unwritable(path: folder, reason: SystemReason().text)
      }
    }
  }
}

/// Writes a file under a temporary name beside it, and then renames that.
private func replaceFile(_ path: String, with text: String) throws(DatasetError) {
  let temporary = "\(path).\(getpid()).part"
  let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else { throw .unwritable(path: path, reason: SystemReason().text) }
  var text = text
  let isWritten = text.withUTF8 { bytes in
    var done = 0
    while done < bytes.count {
      let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return false }
      done += count
    }
    return true
  }
  let reason = SystemReason()
  let isClosed = close(descriptor) == 0
  guard isWritten, isClosed, rename(temporary, path) == 0 else {
    let reason = isWritten ? SystemReason() : reason
    unlink(temporary)
    throw .unwritable(path: path, reason: reason.text)
  }
}
