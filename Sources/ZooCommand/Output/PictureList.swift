import Datasets
import FoundationEssentials

/// Pictures named on the command line, one by one or by folder.
struct PictureList {
  struct File {
    let path: String
    /// The name to write under: that of the picture, with a number where others have the same.
    let outputName: String
  }

  private(set) var files: [File] = []

  /// Lists pictures; of a folder those whose names end in .jpg, .jpeg or .png.
  ///
  /// - Throws: ``NoPictures`` if a folder has none.
  init(_ inputs: [String]) throws {
    var taken: Set<String> = []
    for input in inputs {
      for path in try Self.paths(input) {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let parts = name.split(separator: ".")
        let ending = parts.count > 1 ? ".\(parts[parts.count - 1])" : ".png"
        let stem = parts.count > 1 ? String(name.dropLast(ending.count)) : name
        var outputName = stem + ending
        var number = 2
        while !taken.insert(outputName).inserted {
          outputName = "\(stem)_\(number)\(ending)"
          number += 1
        }
        files.append(File(path: path, outputName: outputName))
      }
    }
  }

  private static func paths(_ input: String) throws -> [String] {
    var isFolder = false
    guard FileManager.default.fileExists(atPath: input, isDirectory: &isFolder), isFolder else {
      return [input]
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: input).sorted().filter { name in
      [".jpg", ".jpeg", ".png"].contains { name.lowercased().hasSuffix($0) }
    }
    guard !names.isEmpty else { throw NoPictures(folder: input) }
    return names.map { "\(input)/\($0)" }
  }
}

/// A folder without pictures.
struct NoPictures: Error, CustomStringConvertible {
  let folder: String

  var description: String {
    "\(folder): has no pictures, expected names that end in .jpg, .jpeg or .png; name another folder"
  }
}
