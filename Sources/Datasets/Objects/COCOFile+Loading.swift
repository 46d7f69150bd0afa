internal import Boxes
internal import Glibc

extension COCOFile {
  /// Takes the objects that make sense, and reads the sizes of the images.
  ///
  /// - Parameters:
  ///   - classes: The classes' names in the order of their labels; nil for the file's categories.
  ///   - images: The folder that the file's names start from; nil to look beside the file.
  ///   - coordinates: What the boxes' numbers count from; automatic is COCO's zero. One-based
  ///     boxes, which careless programs make of VOC's, start one pixel further left and up.
  ///   - splits: The names of the files beside this one, for ``LabelledData/splits``.
  /// - Returns: The images that can be read, with all that is wrong with the rest.
  /// - Throws: ``DatasetError`` if the images are not found or nothing is left.
  public func load(
    classes: [String]? = nil, images: String? = nil,
    coordinates: CoordinateConvention = .automatic, splits: [String] = []
  ) throws(DatasetError) -> LabelledData {
    let labels = try ClassList(classes) { self.classes }
    guard !content.images.isEmpty else {
      throw .nothingLeft(path: path, what: "image", issueCount: 0, first: nil)
    }
    let folder = if let images { images } else { try imageFolder() }
    let isOneBased = coordinates == .oneBased
    var loading = COCOLoading(file: path, labels: labels, shift: isOneBased ? 1 : 0)
    loading.add(content.categories)
    for picture in content.images { loading.add(picture, folder: folder) }
    for (index, annotation) in content.annotations.enumerated() {
      loading.add(annotation, place: index + 1)
    }
    return try LabelledData(
      dataset: DetectionDataset(
        classes: labels.names, images: loading.images.compactMap { $0 }),
      issues: loading.issues, form: .coco, convention: isOneBased ? .oneBased : .zeroBased,
      conventionEvidence: nil, splits: splits, path: path,
      categories: labels.names.enumerated().map { label, name in
        content.categories.first { $0.name == name }?.id ?? label + 1
      })
  }

  /// The first of the usual places that has one of the first images.
  private func imageFolder() throws(DatasetError) -> String {
    let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let file = path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    let stem = PictureNames.stem(of: file)
    let prefix = "instances_"
    let split = stem.hasPrefix(prefix) ? String(stem.dropFirst(prefix.count)) : stem
    let places = ["\(parent)", "\(parent)/.."].flatMap { base in
      [base, "\(base)/images", "\(base)/\(split)", "\(base)/images/\(split)", "\(base)/JPEGImages"]
    }
    for place in places {
      for picture in content.images.prefix(20)
      where access("\(place)/\(picture.file_name)", R_OK) == 0 {
        return place
      }
    }
    throw .noImageFolder(
      path: path, first: content.images.first?.file_name ?? "", tried: places)
  }
}

/// The images of a file as they become known.
private struct COCOLoading {
  let file: String
  let labels: ClassList
  /// What is subtracted from the left and upper edges.
  let shift: Double
  /// In the order of the file; nil where the image is of no use.
  private(set) var images: [AnnotatedImage?] = []
  private(set) var issues: [DatasetIssue] = []
  private var names: [Int: String] = [:]
  private var places: [Int: Int] = [:]
  private var annotationIDs: Set<Int> = []

  init(file: String, labels: ClassList, shift: Double) {
    (self.file, self.labels, self.shift) = (file, labels, shift)
  }

  mutating func add(_ categories: [COCOFile.Category]) {
    var known: Set<String> = []
    for category in categories {
      names[category.id] = category.name
      if !known.insert(category.name).inserted {
        let problem = DatasetIssue.Problem.repeatedCategory(name: category.name)
        issues.append(DatasetIssue(file: file, problem: problem, remedy: .takenAsOne))
      }
    }
  }

  mutating func add(_ picture: COCOFile.Picture, folder: String) {
    places[picture.id] = images.count
    let path =
      picture.file_name.hasPrefix("/") ? picture.file_name : "\(folder)/\(picture.file_name)"
    guard access(path, F_OK) == 0 else {
      let problem = DatasetIssue.Problem.imageMissing(name: picture.file_name, folder: folder)
      issues.append(DatasetIssue(file: file, problem: problem, remedy: .imageLeftOut))
      images.append(nil)
      return
    }
    var annotated: [Int]?
    if let width = picture.width.flatMap({ Int(exactly: $0.rounded()) }),
      let height = picture.height.flatMap({ Int(exactly: $0.rounded()) })
    {
      annotated = [width, height]
    }
    let header = PictureHeader.checked(path, annotated: annotated, file: file, issues: &issues)
    images.append(
      header.map {
        AnnotatedImage(
          name: String(picture.id), path: path, width: $0.width, height: $0.height, objects: [])
      })
  }

  mutating func add(_ annotation: COCOFile.Annotation, place: Int) {
    let number = annotation.id ?? place
    func report(_ problem: DatasetIssue.Problem, _ remedy: DatasetIssue.Remedy = .objectLeftOut) {
      issues.append(
        DatasetIssue(
          file: file, object: number, className: names[annotation.category_id], problem: problem,
          remedy: remedy))
    }
    if let id = annotation.id, !annotationIDs.insert(id).inserted {
      report(.repeatedNumber(id: id), .bothKept)
    }
    guard let index = places[annotation.image_id] else {
      return report(.unknownImage(id: annotation.image_id))
    }
    guard let name = names[annotation.category_id] else {
      return report(.unknownCategory(id: annotation.category_id))
    }
    // Its image has been reported already.
    guard let image = images[index] else { return }
    guard let label = labels[name] else { return report(.unknownClass) }
    guard let written = annotation.bbox, written.count == 4 else {
      let text = annotation.bbox.map { "\($0.count) numbers" }
      return report(
        text.map { .notANumber(key: "bbox", text: $0) } ?? .missing(key: "bbox"))
    }
    guard written.allSatisfy({ $0.isFinite }) else {
      return report(.notANumber(key: "bbox", text: "\(written)"))
    }
    let (x, y) = (written[0] - shift, written[1] - shift)
    let check = BoxCheck(written: written, edges: [x, y, x + written[2], y + written[3]])
      .box(width: image.width, height: image.height)
    if let found = check.issue { report(found.problem, found.remedy) }
    guard let box = check.box else { return }
    images[index]?.objects.append(
      AnnotatedObject(
        label: label, box: box, isCrowd: annotation.iscrowd?.isSet ?? false,
        outlineArea: annotation.area.map { Float($0) }.flatMap { $0.isFinite ? $0 : nil }))
  }
}
