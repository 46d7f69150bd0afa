/// A data set as it was read, with all that was found wrong on the way.
public struct LabelledData: Hashable, Sendable {
  /// The forms that are read.
  public enum Form: String, Hashable, Codable, Sendable, CaseIterable {
    case voc = "VOC"
    case coco = "COCO"
  }

  /// How much there is of a class.
  public struct ClassCount: Hashable, Sendable {
    public var name: String
    /// All objects of the class, those of the next two kinds included.
    public var objects: Int
    public var difficult: Int
    public var crowds: Int
    /// The images with at least one of them.
    public var images: Int
  }

  /// The images and objects that are of use.
  public private(set) var dataset: DetectionDataset
  /// What is wrong, in the order in which it was read; empty for a clean set.
  public private(set) var issues: [DatasetIssue]
  /// The form of the files.
  public let form: Form
  /// What the numbers were taken to count from; never ``CoordinateConvention/automatic``.
  public let convention: CoordinateConvention
  /// The number that gave it away, if one did: file, object, key and value.
  public let conventionEvidence: String?
  /// The splits that exist beside the one that was read.
  public let splits: [String]
  /// The path that was read.
  public let path: String
  /// COCO's number of each class; from 1 on for what has none.
  public let categories: [Int]

  /// - Throws: ``DatasetError/nothingLeft(path:what:issueCount:first:)``.
  init(
    dataset: DetectionDataset, issues: [DatasetIssue], form: Form,
    convention: CoordinateConvention, conventionEvidence: String?, splits: [String], path: String,
    categories: [Int]? = nil
  ) throws(DatasetError) {
    (self.dataset, self.issues, self.form) = (dataset, issues, form)
    (self.convention, self.conventionEvidence) = (convention, conventionEvidence)
    (self.splits, self.path) = (splits, path)
    self.categories = categories ?? dataset.classes.indices.map { $0 + 1 }
    try requireSomething()
  }

  /// How many objects of each class there are, in the order of the labels.
  public var classCounts: [ClassCount] {
    var counts = dataset.classes.map {
      ClassCount(name: $0, objects: 0, difficult: 0, crowds: 0, images: 0)
    }
    for image in dataset.images {
      for object in image.objects {
        counts[object.label].objects += 1
        counts[object.label].difficult += object.isDifficult ? 1 : 0
        counts[object.label].crowds += object.isCrowd ? 1 : 0
      }
      for label in Set(image.objects.map(\.label)) { counts[label].images += 1 }
    }
    return counts
  }

  /// Leaves out the images that a check has found wrong, and keeps the reasons.
  ///
  /// - Parameter found: What ``DetectionDataset/checkPictures(threadCount:whileWanted:)`` returned.
  /// - Throws: ``DatasetError/nothingLeft(path:what:issueCount:first:)``.
  public mutating func leaveOut(_ found: [DatasetIssue]) throws(DatasetError) {
    issues += found
    let paths = Set(found.filter { $0.remedy == .imageLeftOut }.map(\.file))
    dataset.images.removeAll { paths.contains($0.path) }
    try requireSomething()
  }

  private func requireSomething() throws(DatasetError) {
    let what: String
    if dataset.images.isEmpty {
      what = "image"
    } else if dataset.images.allSatisfy({ $0.objects.isEmpty }) {
      what = "object"
    } else {
      return
    }
    throw .nothingLeft(path: path, what: what, issueCount: issues.count, first: issues.first)
  }
}
