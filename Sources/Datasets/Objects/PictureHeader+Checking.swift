extension PictureHeader {
  /// Reads the size of an annotated image's file, and compares it with what the annotation says.
  ///
  /// - Returns: Nil if there is no such picture.
  static func checked(
    _ path: String, annotated: [Int]?, file: String, issues: inout [DatasetIssue]
  ) -> PictureHeader? {
    let header: PictureHeader
    do throws(ImageError) {
      header = try PictureHeader(contentsOf: path)
    } catch {
      let problem = DatasetIssue.Problem.imageUnreadable(reason: error.description)
      issues.append(DatasetIssue(file: file, problem: problem, remedy: .imageLeftOut))
      return nil
    }
    let found = [header.width, header.height]
    if let annotated, annotated != found {
      let isStoredTurned = header.isTurned && annotated == found.reversed()
      let problem = DatasetIssue.Problem.otherSize(
        annotated: annotated, found: found, isStoredTurned: isStoredTurned)
      issues.append(DatasetIssue(file: file, problem: problem, remedy: .trueSizeTaken))
    }
    return header
  }
}
