/// A list of images in `ImageSets/Main`.
enum VOCSplit {
  /// The most bytes of such a list.
  static let byteLimit = 64 << 20

  /// The names in a list, in its order.
  ///
  /// Blank lines are passed over. In VOC's lists of single classes a second column says whether the
  /// class is there: 1, -1, or 0 for difficult ones only; the images are listed all the same.
  ///
  /// - Parameters:
  ///   - path: The list.
  ///   - annotated: The names that have an annotation; some hold spaces.
  /// - Returns: The names, each once.
  /// - Throws: ``DatasetError`` if there is none, or one repeats.
  static func names(
    contentsOf path: String, annotated: Set<String>
  ) throws(DatasetError) -> [String] {
    let bytes = try DatasetError.contents(of: path, limit: byteLimit)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .malformed(path: path, expected: "a list of names in UTF-8", found: "other data")
    }
    let lines = text.split(omittingEmptySubsequences: true) { $0.isNewline }
    let names = lines.compactMap { line -> String? in
      let line = line.drop { $0 == "\u{FEFF}" }.withoutOuterSpace
      return line.isEmpty ? nil : name(in: line, annotated: annotated)
    }
    guard !names.isEmpty else { throw .emptySplit(path: path) }
    var counts: [String: Int] = [:]
    let repeated = names.filter { name in
      counts[name, default: 0] += 1
      return counts[name] == 2
    }
    guard repeated.isEmpty else { throw .repeatedNames(path: path, names: repeated) }
    return names
  }

  private static func name(in line: String, annotated: Set<String>) -> String {
    if annotated.contains(line) { return line }
    let fields = line.split { $0.isWhitespace }
    if fields.count > 1, let last = fields.last, ["1", "-1", "0", "+1"].contains(last) {
      return String(line.dropLast(last.count)).withoutOuterSpace
    }
    // Some programs list the images' files.
    if PictureNames.isPicture(line), annotated.contains(PictureNames.stem(of: line)) {
      return PictureNames.stem(of: line)
    }
    return line
  }
}

/// Names of picture files.
enum PictureNames {
  /// The endings of the formats that are read, in the order in which they are looked for.
  static let endings = ["jpg", "jpeg", "png"]

  static func isPicture(_ file: String) -> Bool {
    endings.contains { file.lowercased().hasSuffix(".\($0)") }
  }

  /// The name without its last ending.
  static func stem(of file: String) -> String {
    file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
  }

  /// The picture files of a folder by their names without ending, in the order of ``endings``.
  static func byStem(_ files: [String]) -> [String: [String]] {
    var byStem: [String: [String]] = [:]
    for ending in endings {
      for file in files where file.lowercased().hasSuffix(".\(ending)") {
        byStem[stem(of: file), default: []].append(file)
      }
    }
    return byStem
  }
}
