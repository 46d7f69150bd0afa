extension DetectionDataset {
  /// Decodes every picture and tells which cannot be, or have another size than their headers say.
  ///
  /// Reading a data set looks at the headers alone. This finds damage to the pixels, before a run
  /// does so hours later.
  ///
  /// - Parameters:
  ///   - threadCount: How many pictures to decode at a time.
  ///   - isWanted: Called after each picture with the number of those done; false gives up.
  /// - Returns: An issue for each picture that is of no use, whose file is the picture's; nil if
  ///   given up.
  public func checkPictures(
    threadCount: Int, whileWanted isWanted: (_ done: Int) -> Bool
  ) -> [DatasetIssue]? {
    let images = images
    let checks = Prefetcher<DatasetIssue.Problem?>(
      images.indices, threadCount: threadCount, capacity: 4 * threadCount
    ) { index in
      let annotated = images[index]
      do throws(ImageError) {
        let image = try Image(contentsOf: annotated.path)
        if image.width == annotated.width && image.height == annotated.height { return nil }
        return .otherSize(
          annotated: [annotated.width, annotated.height], found: [image.width, image.height],
          isStoredTurned: false)
      } catch { return .imageUnreadable(reason: error.description) }
    }
    var issues: [DatasetIssue] = []
    for (index, image) in images.enumerated() {
      if case .some(.some(let problem)) = try? checks.next() {
        issues.append(DatasetIssue(file: image.path, problem: problem, remedy: .imageLeftOut))
      }
      guard isWanted(index + 1) else { return nil }
    }
    return issues
  }
}
