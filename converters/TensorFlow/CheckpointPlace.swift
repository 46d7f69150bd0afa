internal import Files
internal import Importing

/// Where a checkpoint is, found from any of the paths that people have for it.
enum CheckpointPlace {
  /// Version 2, by what its files' names begin with.
  case bundle(prefix: String)
  /// Version 1.
  case table(FileWindow)

  init(_ path: String) throws {
    let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    if FileKind(path) == .folder {
      if isFile("\(path)/saved_model.pb") || isFile("\(path)/saved_model.pbtxt") {
        self = .bundle(prefix: "\(path)/variables/variables")
      } else {
        self = try Self.latest(in: path)
      }
      return
    }
    if isFile("\(path).index") {
      self = .bundle(prefix: path)
      return
    }
    if let prefix = Self.prefix(of: path), isFile("\(prefix).index") {
      self = .bundle(prefix: prefix)
      return
    }
    let file = try FileWindow(reading: path)
    if path.split(separator: "/").last == "saved_model.pb" {
      throw ImportError.unreadableForm(
        file: path, form: "the graph of a SavedModel", advice: "pass the folder that it is in")
    }
    guard try SortedTable.isOne(file) else {
      if Self.prefix(of: path) != nil {
        throw ImportError.missingPart(file: path, part: "the index (.index)")
      }
      throw ImportError.notWeights(file: path, found: "something else than a TensorFlow checkpoint")
    }
    self = .table(file)
  }

  /// The checkpoint that the file `checkpoint` in a folder calls the latest.
  private static func latest(in folder: String) throws -> CheckpointPlace {
    let file: OpenFile
    do { file = try OpenFile(reading: "\(folder)/checkpoint") } catch {
      throw ImportError.notWeights(
        file: folder, found: "a folder with neither a file 'checkpoint' nor a SavedModel")
    }
    let text = String(
      decoding: try file.prefix(1 << 16), as: UTF8.self)
    let key = "model_checkpoint_path:"
    guard let line = text.split(whereSeparator: \.isNewline).first(where: { $0.hasPrefix(key) })
    else {
      throw ImportError.damaged(
        file: file.path, object: "model_checkpoint_path", reason: "there is no such line")
    }
    let name = line.dropFirst(key.count).drop { $0 != "\"" }.dropFirst().prefix { $0 != "\"" }
    guard let last = name.split(separator: "/").last else {
      throw ImportError.damaged(
        file: file.path, object: "model_checkpoint_path", reason: "it names no checkpoint")
    }
    // What was written as an absolute path may have moved since, together with the folder.
    let places = name.hasPrefix("/") ? [String(name), "\(folder)/\(last)"] : ["\(folder)/\(name)"]
    for place in places {
      if isFile("\(place).index") { return .bundle(prefix: place) }
      if isFile(place), let file = try? FileWindow(reading: place) { return .table(file) }
    }
    throw ImportError.missingPart(file: file.path, part: "the latest checkpoint \(name)")
  }

  /// `x` of `x.index` and `x.data-00000-of-00001`.
  private static func prefix(of path: String) -> String? {
    if path.hasSuffix(".index") { return String(path.dropLast(6)) }
    guard let dot = path.lastIndex(of: "."), path[dot...].hasPrefix(".data-") else { return nil }
    let numbers = path[dot...].dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
    guard numbers.count == 3, numbers[1] == "of",
      [numbers[0], numbers[2]].allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isNumber) })
    else { return nil }
    return String(path[..<dot])
  }
}

private func isFile(_ path: String) -> Bool { FileKind(path) == .file }
