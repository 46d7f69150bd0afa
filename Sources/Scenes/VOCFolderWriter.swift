import Boxes
import Datasets
internal import Glibc

/// Writes pictures and labels into a folder in the form of PASCAL VOC.
struct VOCFolderWriter {
  private let folder: String
  private let classes: [String]

  /// Makes the folders that are missing.
  init(_ folder: String, classes: [String]) throws(SceneError) {
    (self.folder, self.classes) = (folder, classes)
    for part in ["", "/JPEGImages", "/Annotations", "/ImageSets", "/ImageSets/Main"] {
      let path = folder + part
      guard mkdir(path, 0o777) != 0, errno != EEXIST else { continue }
      throw .system(path)
    }
  }

  /// Writes a picture, then what is in it.
  func write(_ scene: Scene, as name: String) throws(SceneError) {
    let path = "\(folder)/JPEGImages/\(name).jpg"
    do throws(ImageError) { try scene.image.write(to: path) } catch {
      if case .unwritable(let path, let reason) = error {
        throw .unwritable(path: path, reason: reason)
      }
      throw .unwritable(path: path, reason: error.description)
    }
    var text = """
      <annotation>
        <folder>JPEGImages</folder>
        <filename>\(name).jpg</filename>
        <size>
          <width>\(scene.image.width)</width>
          <height>\(scene.image.height)</height>
          <depth>3</depth>
        </size>

      """
    for object in scene.objects {
      text += """
          <object>
            <name>\(classes[object.label])</name>
            <difficult>\(object.isDifficult ? 1 : 0)</difficult>
            <bndbox>
              <xmin>\(Int(object.box.x1) + 1)</xmin>
              <ymin>\(Int(object.box.y1) + 1)</ymin>
              <xmax>\(Int(object.box.x2))</xmax>
              <ymax>\(Int(object.box.y2))</ymax>
            </bndbox>
          </object>

        """
    }
    try write(text + "</annotation>\n", to: "\(folder)/Annotations/\(name).xml")
  }

  /// Writes the names of a part's pictures.
  func write(list names: [String], as part: String) throws(SceneError) {
    let text = names.map { $0 + "\n" }.joined()
    try write(text, to: "\(folder)/ImageSets/Main/\(part).txt")
  }

  /// Writes a text under another name and moves it to its place when it is whole.
  private func write(_ text: String, to path: String) throws(SceneError) {
    let temporary = path + ".part"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .system(path) }
    let bytes = Array(text.utf8)
    var done = 0
    var failure: SceneError?
    while done < bytes.count, failure == nil {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done)
      }
      if count > 0 { done += count } else if errno != EINTR { failure = .system(path) }
    }
    if failure == nil, fsync(descriptor) != 0 { failure = .system(path) }
    close(descriptor)
    if failure == nil, rename(temporary, path) != 0 { failure = .system(path) }
    if let failure {
      unlink(temporary)
      throw failure
    }
  }
}

extension SceneError {
  /// The system's words for a call that has just failed.
  fileprivate static func system(_ path: String) -> SceneError {
    let text = String(cString: strerror(errno))
    return .unwritable(path: path, reason: text.prefix(1).lowercased() + text.dropFirst())
  }
}
