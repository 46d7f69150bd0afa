/// Pictures in a folder for each class, in two parts: to train on, and to measure with.
///
/// Two forms are read. `FOLDER/CLASS/*.jpg` is split here. `FOLDER/train/CLASS/*.jpg` is split
/// already if `FOLDER/val` is there too. Names of files and folders that start with a dot are passed
/// over, and so is what does not end with `.jpg`, `.jpeg` or `.png`; the latter is listed.
public struct ImageFolder: Hashable, Codable, Sendable {
  /// One picture and what is on it.
  public struct Example: Hashable, Codable, Sendable {
    /// The path from the data's folder.
    public let file: String
    /// The class, by its place among ``ImageFolder/classes``.
    public let label: Int

    public init(file: String, label: Int) { (self.file, self.label) = (file, label) }
  }

  /// The folder's path.
  public var path: String
  /// The classes' names, sorted.
  public let classes: [String]
  /// The pictures to train on, class by class and sorted by name.
  public private(set) var training: [Example]
  /// The pictures to measure with; perhaps none.
  public private(set) var validation: [Example]
  /// Files, and folders within classes, that are no pictures by their names.
  public let otherFiles: [String]

  /// Lists a folder's pictures; none is opened.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - validationShare: The share of each class to measure with, from 0 to below 1, where the
  ///     folder is not split already. Which pictures these are follows from the seed and their names;
  ///     of two pictures or more at least one goes to either part.
  ///   - seed: Chooses another split.
  /// - Throws: ``ImageFolderError`` if there are not two classes, each with pictures.
  public init(
    _ path: String, validationShare: Double, seed: UInt64
  ) throws(ImageFolderError) {
    precondition(0..<1 ~= validationShare, "a share is from 0 to below 1")
    let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let layout = try Layout(path)
    var files = try ClassFiles(of: layout.training, in: path)
    guard let first = files.names.first else { throw .noClasses(path: layout.trainingPath) }
    if files.names.count == 1 { throw .oneClass(path: layout.trainingPath, name: first) }
    try files.requireEveryClass(in: path, at: layout.training)
    classes = files.names
    if let measured = layout.validation {
      let others = try ClassFiles(of: measured, in: path)
      for name in others.names where !files.names.contains(name) {
        throw .unknownClass(path: "\(path)/\(measured)/\(name)", known: files.names)
      }
      training = Self.examples(files.pictures, of: classes)
      validation = Self.examples(others.pictures, of: classes)
      files.others += others.others
    } else {
      let parts = files.pictures.mapValues {
        Self.split($0, validationShare: validationShare, seed: seed)
      }
      training = Self.examples(parts.mapValues(\.training), of: classes)
      validation = Self.examples(parts.mapValues(\.validation), of: classes)
    }
    (self.path, otherFiles) = (path, files.others)
  }

  /// Where a picture is.
  public func path(of example: Example) -> String { "\(path)/\(example.file)" }

  /// Leaves pictures out.
  ///
  /// - Parameter files: The paths from the data's folder.
  /// - Throws: ``ImageFolderError`` if a class has no picture left to train on.
  public mutating func remove(_ files: Set<String>) throws(ImageFolderError) {
    training.removeAll { files.contains($0.file) }
    validation.removeAll { files.contains($0.file) }
    let left = Set(training.map(\.label))
    for (label, name) in classes.enumerated() where !left.contains(label) {
      throw .nothingLeft(path: path, name: name)
    }
  }

  /// How many pictures of each class there are to train on and to measure with.
  public var counts: [(name: String, training: Int, validation: Int)] {
    func count(_ examples: [Example]) -> [Int] {
      examples.reduce(into: Array(repeating: 0, count: classes.count)) { $0[$1.label] += 1 }
    }
    return zip(classes, zip(count(training), count(validation))).map { ($0, $1.0, $1.1) }
  }

  private static func examples(_ files: [String: [String]], of classes: [String]) -> [Example] {
    classes.enumerated().flatMap { label, name in
      files[name, default: []].map { Example(file: $0, label: label) }
    }
  }

  /// Takes the pictures whose names' hashes come first; both parts stay sorted by name.
  private static func split(
    _ files: [String], validationShare: Double, seed: UInt64
  ) -> (training: [String], validation: [String]) {
    guard validationShare > 0, files.count > 1 else { return (files, []) }
    let wanted = (Double(files.count) * validationShare).rounded()
    let count = min(max(Int(wanted), 1), files.count - 1)
    let ranked = files.map { file in
      var generator = SeededGenerator(seed: seed, for: file)
      return (rank: generator.next(), file: file)
    }
    let taken = Set(ranked.sorted { $0 < $1 }.prefix(count).map(\.file))
    return (files.filter { !taken.contains($0) }, files.filter { taken.contains($0) })
  }
}

/// Which folders hold the classes' folders.
private struct Layout {
  /// From the data's folder; empty for that folder itself.
  let training: String
  let validation: String?
  let trainingPath: String

  init(_ path: String) throws(ImageFolderError) {
    let folders = try listing(path).folders
    // A folder `train` of pictures is a class, perhaps beside `car`.
    if folders.contains("train"), try !listing("\(path)/train").folders.isEmpty {
      (training, trainingPath) = ("train", "\(path)/train")
      validation = folders.contains("val") ? "val" : nil
    } else {
      (training, trainingPath, validation) = ("", path, nil)
    }
  }
}

/// The files of each class, by their paths from the data's folder.
private struct ClassFiles {
  let names: [String]
  private(set) var pictures: [String: [String]] = [:]
  var others: [String] = []

  init(of part: String, in root: String) throws(ImageFolderError) {
    let prefix = part.isEmpty ? "" : "\(part)/"
    let top = try listing("\(root)/\(part)")
    names = top.folders
    others = top.files.map { prefix + $0 }
    for name in names {
      let entries = try listing("\(root)/\(prefix)\(name)")
      let files = (entries.files.map { (name: $0, isPicture: Self.isPicture($0)) })
      pictures[name] = files.filter(\.isPicture).map { "\(prefix)\(name)/\($0.name)" }
      others += files.filter { !$0.isPicture }.map { "\(prefix)\(name)/\($0.name)" }
      others += entries.folders.map { "\(prefix)\(name)/\($0)/" }
    }
  }

  func requireEveryClass(in root: String, at part: String) throws(ImageFolderError) {
    for name in names where pictures[name, default: []].isEmpty {
      let folder = part.isEmpty ? name : "\(part)/\(name)"
      throw .emptyClass(
        path: "\(root)/\(folder)", otherFiles: others.count { $0.hasPrefix("\(folder)/") })
    }
  }

  private static func isPicture(_ name: String) -> Bool {
    let lowercase = name.lowercased()
    return [".jpg", ".jpeg", ".png"].contains { lowercase.hasSuffix($0) }
  }
}

private func listing(_ path: String) throws(ImageFolderError) -> FolderListing {
  do { return try FolderListing(path) } catch {
    throw .unreadable(path: path, reason: error.text)
  }
}
