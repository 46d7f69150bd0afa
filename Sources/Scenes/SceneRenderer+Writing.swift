internal import Datasets
internal import FoundationEssentials

extension SceneRenderer {
  /// Writes scenes as a folder in the form of PASCAL VOC.
  ///
  /// The lists in `ImageSets/Main` are `trainval` with the training scenes, of which each fifth is in
  /// `val` and the others are in `train`, and `test`. Files of the same names are replaced.
  ///
  /// - Parameters:
  ///   - folder: Made if it is not there, with the folders above it.
  ///   - training: How many scenes to train with, 1 or more.
  ///   - test: How many other scenes, 1 or more; they are the same whatever the number of training
  ///     scenes.
  /// - Throws: `ImageError` or `DatasetError` if a file cannot be written.
  public func write(to folder: String, training: Int, test: Int) throws {
    precondition(training > 0 && test > 0, "there are scenes to train with and to measure with")
    let pictures = "\(folder)/JPEGImages"
    // What keeps it from being made is said of the first picture.
    try? FileManager.default.createDirectory(atPath: pictures, withIntermediateDirectories: true)
    func images(_ prefix: String, _ count: Int, _ index: (Int) -> Int) throws -> [AnnotatedImage] {
      try (0..<count).map { number in
        let scene = scene(index(number))
        let name = "\(prefix)_\(padded(number + 1))"
        let path = "\(pictures)/\(name).jpg"
        try scene.image.write(to: path)
        return AnnotatedImage(
          name: name, path: path, width: scene.image.width, height: scene.image.height,
          objects: scene.objects)
      }
    }
    let trainval = try images("train", training) { $0 }
    // Numbers below zero are never among the training scenes.
    let measured = try images("test", test) { -1 - $0 }
    func write(_ images: [AnnotatedImage], as split: String) throws {
      if images.isEmpty { return }
      try VOCWriter(folder).write(
        DetectionDataset(classes: SceneClasses.names, images: images), split: split)
    }
    func part(_ isWanted: (Int) -> Bool) -> [AnnotatedImage] {
      trainval.indices.filter(isWanted).map { trainval[$0] }
    }
    try write(part { $0 % 5 != 4 }, as: "train")
    try write(part { $0 % 5 == 4 }, as: "val")
    try write(trainval, as: "trainval")
    try write(measured, as: "test")
  }

  private func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  }
}
