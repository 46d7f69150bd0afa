extension VOCFolder {
  /// Reads a split's annotations and the sizes of its images.
  ///
  /// The list of classes and the counting of pixels are decided from the annotations of all splits,
  /// so that every split is read alike.
  ///
  /// - Parameters:
  ///   - split: The list's name without `.txt`, or ``everything``.
  ///   - classes: The classes' names in the order of their labels; nil for all there are, sorted.
  ///   - images: The folder of the images; nil for `JPEGImages`.
  ///   - coordinates: What the annotations' numbers count from.
  /// - Returns: The images that can be read, with all that is wrong with the rest.
  /// - Throws: ``DatasetError`` if an annotation is no XML of that form, or nothing is left.
  public func load(
    split: String = everything, classes: [String]? = nil, images: String? = nil,
    coordinates: CoordinateConvention = .automatic
  ) throws(DatasetError) -> LabelledData {
    let names = try names(of: split)
    let annotations = try annotations(with: names)
    let labels = try ClassList(classes) {
      Set(annotations.values.flatMap { $0.objects.compactMap { $0.name } })
        .filter { !$0.isEmpty }.sorted()
    }
    guard !labels.names.isEmpty else {
      throw .nothingLeft(path: path, what: "object", issueCount: 0, first: nil)
    }
    let evidence = coordinates == .automatic ? evidenceOfZero(in: annotations) : nil
    let convention =
      coordinates == .automatic ? (evidence == nil ? .oneBased : .zeroBased) : coordinates
    let folder = if let images { images } else { try imageFolder() }
    var loading = VOCLoading(
      imageFolder: folder, labels: labels, shift: convention == .oneBased ? 1 : 0)
    try loading.listImages()
    for name in names {
      loading.add(
        annotations[name], name: name, file: "\(annotationFolder)/\(fileName(of: name))")
    }
    return try LabelledData(
      dataset: DetectionDataset(classes: labels.names, images: loading.images),
      issues: loading.issues, form: .voc, convention: convention, conventionEvidence: evidence,
      splits: splits, path: path)
  }

  /// Reads the annotations of all splits and of some names besides, as far as they exist.
  private func annotations(with names: [String]) throws(DatasetError) -> [String: VOCAnnotation] {
    let existing = Set(annotationNames)
    var wanted = Set(names)
    for split in splits {
      let path = "\(path)/ImageSets/Main/\(split).txt"
      do throws(DatasetError) {
        wanted.formUnion(try VOCSplit.names(contentsOf: path, annotated: existing))
      } catch {
        // Another split may be empty or repeat names: that is for whoever reads it.
        switch error {
        case .emptySplit, .repeatedNames: continue
        default: throw error
        }
      }
    }
    var annotations: [String: VOCAnnotation] = [:]
    for name in annotationNames where wanted.contains(name) {
      annotations[name] = try VOCAnnotation(
        contentsOf: "\(annotationFolder)/\(fileName(of: name))")
    }
    return annotations
  }

  private func fileName(of name: String) -> String { annotationFiles[name] ?? "\(name).xml" }

  /// The first box that cannot be counted from 1.
  ///
  /// Boxes without area say nothing: programs write
  /// 0, 0, 0, 0 where there is none.
  private func evidenceOfZero(in annotations: [String: VOCAnnotation]) -> String? {
    for name in annotationNames {
      for (index, object) in (annotations[name]?.objects ?? []).enumerated() {
        guard let numbers = object.properNumbers,
          let edge = numbers.firstIndex(where: { 0..<1 ~= $0 })
        else { continue }
        return "\(annotationFolder)/\(fileName(of: name)): object \(index + 1): "
          + "\(VOCAnnotation.edgeKeys[edge]) is \(numbers[edge].shortText)"
      }
    }
    return nil
  }

  private func imageFolder() throws(DatasetError) -> String {
    let folders = try DatasetError.listing(path).folders
    let name = Self.imageFolderNames.first { folders.contains($0) }
    guard let name else {
      throw .unreadable(
        path: "\(path)/\(Self.imageFolderNames[0])",
        reason: "no such folder; name the folder of the images")
    }
    return "\(path)/\(name)"
  }
}

/// The images of a split as they become known.
private struct VOCLoading {
  let imageFolder: String
  let labels: ClassList
  /// What is subtracted from the left and upper edges.
  let shift: Double
  private(set) var images: [AnnotatedImage] = []
  private(set) var issues: [DatasetIssue] = []
  private var files: [String: [String]] = [:]

  init(imageFolder: String, labels: ClassList, shift: Double) {
    (self.imageFolder, self.labels, self.shift) = (imageFolder, labels, shift)
  }

  mutating func listImages() throws(DatasetError) {
    files = PictureNames.byStem(try DatasetError.listing(imageFolder).files)
  }

  mutating func add(_ annotation: VOCAnnotation?, name: String, file: String) {
    guard let annotation else {
      issues.append(
        DatasetIssue(file: file, problem: .annotationMissing, remedy: .imageLeftOut))
      return
    }
    guard let candidates = files[name], let picture = candidates.first else {
      let problem = DatasetIssue.Problem.imageMissing(name: name, folder: imageFolder)
      issues.append(DatasetIssue(file: file, problem: problem, remedy: .imageLeftOut))
      return
    }
    if candidates.count > 1 {
      issues.append(
        DatasetIssue(file: file, problem: .severalImages(names: candidates), remedy: .firstTaken))
    }
    let path = "\(imageFolder)/\(picture)"
    guard
      let header = PictureHeader.checked(
        path, annotated: annotation.size, file: file, issues: &issues)
    else { return }
    var image = AnnotatedImage(
      name: name, path: path, width: header.width, height: header.height, objects: [])
    for (index, object) in annotation.objects.enumerated() {
      if let object = read(object, number: index + 1, header: header, file: file) {
        image.objects.append(object)
      }
    }
    images.append(image)
  }

  private mutating func read(
    _ object: VOCAnnotation.Object, number: Int, header: PictureHeader, file: String
  ) -> AnnotatedObject? {
    func issue(
      _ problem: DatasetIssue.Problem, _ remedy: DatasetIssue.Remedy
    ) -> DatasetIssue {
      DatasetIssue(
        file: file, object: number, className: object.name.flatMap { $0.isEmpty ? nil : $0 },
        problem: problem, remedy: remedy)
    }
    guard let name = object.name, !name.isEmpty else {
      issues.append(issue(.missing(key: "name"), .objectLeftOut))
      return nil
    }
    guard let label = labels[name] else {
      issues.append(issue(.unknownClass, .objectLeftOut))
      return nil
    }
    let numbers: [Double]
    switch object.numbers {
    case .failure(let error):
      issues.append(issue(error.problem, .objectLeftOut))
      return nil
    case .success(let found): numbers = found
    }
    // A point or a line, even where the last pixel counts: a click without a drag.
    guard numbers[2] > numbers[0], numbers[3] > numbers[1] else {
      issues.append(issue(.noArea(written: numbers), .objectLeftOut))
      return nil
    }
    let edges = [numbers[0] - shift, numbers[1] - shift, numbers[2], numbers[3]]
    let check = BoxCheck(written: numbers, edges: edges)
      .box(width: header.width, height: header.height)
    if let found = check.issue { issues.append(issue(found.problem, found.remedy)) }
    guard let box = check.box else { return nil }
    var flags: [Bool] = []
    for (key, text) in [("difficult", object.difficult), ("truncated", object.truncated)] {
      let flag = Self.flag(text)
      if flag == nil {
        issues.append(issue(.notANumber(key: key, text: text ?? ""), .takenAsZero))
      }
      flags.append(flag ?? false)
    }
    return AnnotatedObject(label: label, box: box, isDifficult: flags[0], isTruncated: flags[1])
  }

  /// Yes or no, or nil for neither.
  ///
  /// What is not there or empty is no.
  private static func flag(_ text: String?) -> Bool? {
    switch text?.lowercased() {
    case nil, "", "0", "false", "no", "unspecified": false
    case "1", "true", "yes": true
    case let text?: Double(text).flatMap { $0.isNaN ? nil : $0 != 0 }
    }
  }
}
