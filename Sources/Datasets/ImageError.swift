/// What keeps a file from being read as a picture, or a picture from being written.
public enum ImageError: Error, Equatable, Sendable {
  /// The file cannot be opened or read; the reason is the system's.
  case unreadable(path: String, reason: String)
  /// The content is something else than the formats that are read.
  case unsupported(path: String, found: String)
  /// The content breaks off or contradicts itself; the reason is the decoder's.
  case corrupt(path: String, format: String, reason: String)
  /// The picture has more pixels than ``Image/maximumPixelCount``.
  case tooLarge(path: String, width: Int, height: Int)
  /// The picture cannot be put into a format; the reason is the encoder's.
  case unencodable(format: String, width: Int, height: Int, reason: String)
  /// A file's name does not say in which format to write.
  case unknownEnding(path: String)
  /// The file cannot be written; the reason is the system's.
  case unwritable(path: String, reason: String)
}

extension ImageError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "\(path): cannot be read: \(reason)"
    case .unsupported(let path, let found):
      "\(path): not a picture of a kind that is read, expected a JPEG or PNG file, "
        + "found \(found); convert it to one of the two"
    case .corrupt(let path, let format, let reason):
      "\(path): the \(format) file is damaged or incomplete: \(reason); copy or save it again"
    case .tooLarge(let path, let width, let height):
      "\(path): too many pixels, expected at most \(Image.maximumPixelCount), "
        + "found \(width)×\(height); make the picture smaller"
    case .unencodable(let format, let width, let height, let reason):
      "a picture of \(width)×\(height) pixels: cannot be written as \(format): \(reason); "
        + "make it smaller or choose another format"
    case .unknownEnding(let path):
      "\(path): does not say which format to write, expected a name that ends in .png, .jpg or "
        + ".jpeg; choose one of them"
    case .unwritable(let path, let reason):
      "\(path): cannot be written: \(reason)"
    }
  }
}
