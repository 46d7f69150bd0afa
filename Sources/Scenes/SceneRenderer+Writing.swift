import Datasets
internal import Glibc

extension SceneRenderer {
  /// Writes scenes as a folder in the form of PASCAL VOC.
  ///
  /// `JPEGImages` holds the pictures and `Annotations` their objects, with pixels counted from 1 and
  /// the last one included. The lists in `ImageSets/Main` are `trainval` with the training scenes,
  /// of which each fifth is in `val` and the others are in `train`, and `test`. Files of the same
  /// names are replaced.
  ///
  /// - Parameters:
  ///   - folder: Made if it is not there; the folder above it must be.
  ///   - training: How many scenes to train with, 1 or more.
  ///   - test: How many other scenes; they are the same whatever the number of training scenes.
  /// - Throws: ``SceneError``.
  public func write(to folder: String, training: Int, test: Int) throws(SceneError) {
    precondition(training > 0 && test >= 0, "there are scenes to train with")
    let writer = try VOCFolderWriter(folder, classes: SceneClasses.names)
    func write(_ prefix: String, _ count: Int, _ index: (Int) -> Int) throws(SceneError)
      -> [String]
    {
      var names: [String] = []
      for number in 0..<count {
        let name = "\(prefix)_\(padded(number + 1))"
        try writer.write(scene(index(number)), as: name)
        names.append(name)
      }
      return names
    }
    let trainval = try write("train", training) { $0 }
    // Numbers below zero are never among the training scenes.
    let measured = try write("test", test) { -1 - $0 }
    // Lists come last: a folder that has them is whole.
    func part(_ isWanted: (Int) -> Bool) -> [String] {
      trainval.indices.filter(isWanted).map { trainval[$0] }
    }
    try writer.write(list: part { $0 % 5 != 4 }, as: "train")
    try writer.write(list: part { $0 % 5 == 4 }, as: "val")
    try writer.write(list: trainval, as: "trainval")
    try writer.write(list: measured, as: "test")
  }

  private func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  }
}
