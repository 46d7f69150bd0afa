import ArgumentParser
import Datasets

extension TrainingDataOptions {
  /// Looks at every picture before hours of training end at a damaged one.
  ///
  /// - Parameters:
  ///   - folder: All pictures.
  ///   - threadCount: How many to look at at a time.
  ///   - signals: What gives up.
  /// - Returns: The pictures that can be read, if the others may be left out.
  /// - Throws: ``UnreadablePictures`` if they may not; `ExitCode` if given up.
  func readablePart(
    of folder: ImageFolder, threadCount: Int, _ signals: StopSignals
  ) throws -> ImageFolder {
    var line = ProgressLine()
    let count = folder.training.count + folder.validation.count
    let unreadable = folder.unreadableExamples(threadCount: threadCount) { done in
      line.update("checking pictures", done, of: count)
      return signals.status == nil
    }
    line.clear()
    guard let unreadable else { throw signals.exitBeforeFirstStep() }
    for other in folder.otherFiles.prefix(5) {
      printError("\(folder.path)/\(other): is no picture by its name, left out")
    }
    if folder.otherFiles.count > 5 {
      printError("… and \(folder.otherFiles.count - 5) more are no pictures")
    }
    if unreadable.isEmpty { return folder }
    guard skipUnreadable else { throw UnreadablePictures(errors: unreadable.map(\.error)) }
    for picture in unreadable { printError("\(picture.error); left out") }
    var readable = folder
    try readable.remove(Set(unreadable.map(\.example.file)))
    return readable
  }
}

/// Pictures that keep a run from starting; there is at least one.
struct UnreadablePictures: Error, CustomStringConvertible {
  let errors: [ImageError]

  var description: String {
    errors.prefix(1).map(\.description).joined()
      + (errors.count > 1 ? "; and \(errors.count - 1) more cannot be read" : "")
      + "; or leave such pictures out with --skip-unreadable"
  }
}
