import FoundationEssentials
import Glibc
import Mutations

/// A file of weights with those that belong to it.
struct FileSet: Sendable {
  /// What the files are, in words: one line of the figures.
  let form: String
  /// The name of the file that is opened.
  let entry: String
  /// By name; the entry is the first.
  let files: [(name: String, specimen: Specimen)]

  var byteCount: Int { files.reduce(0) { $0 + $1.specimen.bytes.count } }

  /// Reads a file, and those beside it that a checkpoint of TensorFlow or an index of Keras needs.
  init?(path: String) {
    guard let bytes = Self.bytes(of: path) else { return nil }
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let name = path.split(separator: "/").last.map(String.init) ?? path
    var files = [(name, Specimen(bytes))]
    var stem: String?
    if name.hasSuffix(".index") { stem = "\(name.dropLast(6)).data-" }
    if name.hasSuffix(".weights.json") { stem = "\(name.dropLast(13))_" }
    if let stem {
      let others = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      for other in others.sorted() where other.hasPrefix(stem) && !other.hasSuffix(".txt") {
        if let bytes = Self.bytes(of: "\(folder)/\(other)") {
          files.append((other, Specimen(bytes)))
        }
      }
    }
    self.init(form: Self.form(of: bytes, name: name), entry: name, files: files)
  }

  init(form: String, entry: String, files: [(name: String, specimen: Specimen)]) {
    (self.form, self.entry, self.files) = (form, entry, files)
  }

  /// The set with one file damaged; sometimes two.
  func mutant(using generator: inout SeededGenerator, donor: FileSet) -> [(String, [UInt8])] {
    var contents = files.map { ($0.name, $0.specimen.bytes) }
    for _ in 0..<(generator.below(6) == 0 ? 2 : 1) {
      // The entry says where everything is.
      let index = generator.below(2) == 0 ? 0 : generator.below(files.count)
      let other = donor.files[generator.below(donor.files.count)].specimen
      contents[index].1 = files[index].specimen.mutant(using: &generator, donor: other)
    }
    return contents
  }

  private static func form(of bytes: [UInt8], name: String) -> String {
    if bytes.starts(with: Array("PK".utf8)) {
      let isTorch = bytes.prefix(512).split(separator: UInt8(ascii: "/")).contains {
        $0.starts(with: Array("data.pkl".utf8))
      }
      return isTorch ? "PyTorch archive" : "Keras archive"
    }
    // After 512 bytes of somebody else's, too.
    let hdf5: [UInt8] = [0x89, 0x48, 0x44, 0x46]
    if let start = [0, 512].first(where: { bytes.dropFirst($0).starts(with: hdf5) }) {
      return bytes.dropFirst(start + 8).first ?? 0 > 1 ? "HDF5, newer form" : "HDF5, older form"
    }
    if bytes.first == 0x80 { return "PyTorch pickle" }
    if bytes.count > 8, bytes[8] == UInt8(ascii: "{"), bytes[7] == 0 { return "safetensors" }
    if bytes.first == UInt8(ascii: "{") { return "Keras parts" }
    if name.hasSuffix(".index") { return "TensorFlow checkpoint 2" }
    if bytes.suffix(8).first == 0x57 { return "TensorFlow checkpoint 1" }
    return "TensorFlow graph"
  }

  static func bytes(of path: String) -> [UInt8]? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size < 4 << 20,
      let data = FileManager.default.contents(atPath: path)
    else { return nil }
    return Array(data)
  }
}
