/// The form in which checkpoints say what their network is and how far its run has come.
///
/// A new setting needs no new form where its type says, in `init(from:)`, what its absence means: what
/// the program did before there was the setting, which need not be what it does by default now. Files
/// that have the setting are refused by earlier versions, by its name. Where a setting goes, or comes to
/// mean something else, the number rises.
enum CheckpointForm {
  /// What this program writes and reads; files without a number are of the first form.
  static let current = 1

  /// Refuses a form that this program does not read.
  ///
  /// - Parameters:
  ///   - text: The number that a file has.
  ///   - path: The file.
  /// - Throws: ``TrainingError/run(path:reason:)``.
  static func check(_ text: String, path: String) throws(TrainingError) {
    guard let form = Int(text) else {
      throw .run(
        path: path,
        reason: "says that it is of form '\(text.prefix(20))', expected a number; it is damaged")
    }
    if form == current { return }
    let (age, way) = form > current ? ("a later", "") : ("an earlier", ", or train it anew")
    throw .run(
      path: path,
      reason: "was written by \(age) version of this program, in form \(form), "
        + "expected \(current); use that version\(way)")
  }
}
