import ArgumentParser
import Datasets
import Training

/// The parts of a data set that a detector's run uses.
struct DetectionData {
  private(set) var training: LabelledData
  private(set) var validation: LabelledData?

  /// Reads the parts that settings name.
  ///
  /// - Throws: `DatasetError` if a part cannot be read.
  init(_ settings: DetectorSettings) throws {
    func part(_ split: String, classes: [String]?) throws -> LabelledData {
      try LabelledData(
        contentsOf: settings.data, split: split.isEmpty ? nil : split, classes: classes,
        images: settings.images, coordinates: settings.coordinates)
    }
    training = try part(
      settings.split, classes: settings.classes.isEmpty ? nil : settings.classes)
    let classes = training.dataset.classes
    validation = try settings.valSplit.map { try part($0, classes: classes) }
  }

  /// Decodes every picture before hours of training end at a damaged one, and leaves those out.
  ///
  /// - Parameters:
  ///   - threadCount: How many to decode at a time.
  ///   - signals: What gives up.
  /// - Throws: `DatasetError` if nothing is left; `ExitCode` if given up.
  mutating func checkPictures(threadCount: Int, _ signals: StopSignals) throws {
    var line = ProgressLine()
    func check(_ part: inout LabelledData) throws {
      let count = part.dataset.images.count
      let found = part.dataset.checkPictures(threadCount: threadCount) { done in
        line.update("checking pictures", done, of: count)
        return signals.status == nil
      }
      line.clear()
      guard let found else { throw signals.exitBeforeFirstStep() }
      try part.leaveOut(found)
    }
    try check(&training)
    if var part = validation {
      try check(&part)
      validation = part
    }
  }

  /// Says what is wrong with the data, on standard error.
  func printIssues() {
    for part in [training, validation].compactMap(\.self) {
      for issue in part.issues.prefix(20) { printError("\(issue)") }
      if part.issues.count > 20 {
        printError("… and \(part.issues.count - 20) more; 'zoo data check' lists them all")
      }
    }
  }

  /// How much there is, for a person.
  var text: String {
    var table = Table(header: ["class", "train objects", "images", "val objects", "images"])
    let validationCounts = validation?.classCounts
    for (index, count) in training.classCounts.enumerated() {
      let other = validationCounts?[index]
      table.append([
        count.name, "\(count.objects)", "\(count.images)", other.map { "\($0.objects)" } ?? "",
        other.map { "\($0.images)" } ?? "",
      ])
    }
    let empty = training.dataset.images.count { $0.objects.isEmpty }
    return "\(training.dataset.images.count) images to train on, \(empty) of them without objects; "
      + "\(validation?.dataset.images.count ?? 0) to measure with\n\n" + table.text
  }
}
