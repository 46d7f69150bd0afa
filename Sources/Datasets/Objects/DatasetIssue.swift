/// Something wrong in a labelled data set, and what was done about it.
public struct DatasetIssue: Hashable, Sendable {
  /// What is wrong.
  public enum Problem: Hashable, Sendable {
    /// A box without width or height; its numbers are those of the file.
    case noArea(written: [Double])
    /// A box that shares nothing with the image.
    case outside(written: [Double], width: Int, height: Int)
    /// A box that reaches over the image's border.
    case partlyOutside(written: [Double], width: Int, height: Int)
    /// A value that is not a finite number.
    case notANumber(key: String, text: String)
    /// A value that is not there.
    case missing(key: String)
    /// A class that is not among those that were asked for.
    case unknownClass
    /// There is no image file of that name in a folder.
    case imageMissing(name: String, folder: String)
    /// Several image files differ in the ending only.
    case severalImages(names: [String])
    /// The image cannot be decoded; the reason is the decoder's line.
    case imageUnreadable(reason: String)
    /// The image has another size than the annotation says.
    ///
    /// If the photo is stored turned by its EXIF orientation and the annotation has the size of the
    /// stored pixels, its boxes may have been drawn on those: then they are wrong.
    case otherSize(annotated: [Int], found: [Int], isStoredTurned: Bool)
    /// An image of the split has no annotation: nobody knows what is on it.
    case annotationMissing
    /// An annotation of an image that is not listed.
    case unknownImage(id: Int)
    /// An annotation of a category that is not listed.
    case unknownCategory(id: Int)
    /// Two annotations of one number.
    case repeatedNumber(id: Int)
    /// Two categories of one name.
    case repeatedCategory(name: String)
  }

  /// What was done.
  public enum Remedy: String, Hashable, Sendable, CaseIterable {
    case objectLeftOut = "the object is left out"
    case imageLeftOut = "the image is left out"
    case clipped = "the box is clipped"
    case trueSizeTaken = "the file's size is taken"
    case takenAsZero = "it is taken as 0"
    case firstTaken = "the first is taken"
    case bothKept = "both are kept"
    case takenAsOne = "they are taken as one class"
  }

  /// The annotation file, or the image's where no annotation is concerned.
  public var file: String
  /// In VOC the object's place in the file, counted from 1; in COCO the annotation's id.
  public var object: Int?
  /// The object's class as the file names it.
  public var className: String?
  public var problem: Problem
  public var remedy: Remedy

  public init(
    file: String, object: Int? = nil, className: String? = nil, problem: Problem, remedy: Remedy
  ) {
    (self.file, self.object, self.className) = (file, object, className)
    (self.problem, self.remedy) = (problem, remedy)
  }
}

extension DatasetIssue: CustomStringConvertible {
  /// One line: file, object, problem, remedy.
  public var description: String {
    let object =
      switch (object, className) {
      case (let number?, let name?): "object \(number) (\(name.oneLine)): "
      case (let number?, nil): "object \(number): "
      default: ""
      }
    return "\(file.oneLine): \(object)\(problem); \(remedy.rawValue)"
  }
}

extension DatasetIssue.Problem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noArea(let written):
      "the box \(text(written)) has no area"
    case .outside(let written, let width, let height):
      "the box \(text(written)) lies outside of the image, which has \(width)×\(height) pixels"
    case .partlyOutside(let written, let width, let height):
      "the box \(text(written)) reaches out of the image, which has \(width)×\(height) pixels"
    case .notANumber(let key, let text):
      "\(key) is '\(text.oneLine)', expected a number"
    case .missing(let key):
      "\(key) is missing"
    case .unknownClass:
      "its class is not among those asked for"
    case .imageMissing(let name, let folder):
      "there is no image '\(name.oneLine)' in \(folder.oneLine)"
    case .severalImages(let names):
      "there are several images of that name: \(names.joined(separator: ", ").oneLine)"
    case .imageUnreadable(let reason):
      "its image is not readable: \(reason.oneLine)"
    case .otherSize(let annotated, let found, let isStoredTurned):
      "the image has \(size(found)) pixels, the annotation says \(size(annotated))"
        + (isStoredTurned
          ? " as the photo is stored, before its EXIF orientation turns it; boxes that were drawn "
            + "on the stored pixels are wrong" : "")
    case .annotationMissing:
      "there is no annotation of that name"
    case .unknownImage(let id):
      "no image has the id \(id)"
    case .unknownCategory(let id):
      "no category has the id \(id)"
    case .repeatedNumber(let id):
      "two annotations have the id \(id)"
    case .repeatedCategory(let name):
      "two categories have the name '\(name.oneLine)'"
    }
  }

  private func text(_ numbers: [Double]) -> String {
    "[\(numbers.map(\.shortText).joined(separator: ", "))]"
  }

  private func size(_ extents: [Int]) -> String {
    extents.map { String($0) }.joined(separator: "×")
  }
}

extension Double {
  /// The number without a decimal point where it is whole.
  var shortText: String {
    Int(exactly: self).map { String($0) } ?? String(self)
  }
}

extension String {
  /// The text for a line of its own: without control characters, and not beyond bounds.
  var oneLine: String {
    let clean = String(
      String.UnicodeScalarView(
        unicodeScalars.lazy.prefix(Self.longestQuote + 1).map { scalar in
          switch scalar.properties.generalCategory {
          case .control, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
          default: scalar
          }
        }))
    let isWhole = clean.unicodeScalars.count <= Self.longestQuote
    return isWhole ? clean : String(clean.unicodeScalars.prefix(Self.longestQuote)) + "…"
  }

  private static let longestQuote = 1000
}
