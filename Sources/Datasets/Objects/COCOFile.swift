internal import FoundationEssentials

/// A data set in the form of COCO's `instances` files: one JSON file of images, boxes and
/// categories.
///
/// Boxes are `[x, y, width, height]` in pixels, where the first pixel lies between 0 and 1. The
/// categories' ids may have gaps; labels are their places in the file. Outlines are passed over,
/// only their area is kept: COCO measures small and large objects by it. Images without annotations
/// count as images without objects.
///
/// Source: [COCO, data format](https://cocodataset.org/#format-data).
public struct COCOFile: Sendable {
  /// The file.
  public let path: String
  /// The categories' names in the order of the file, each once.
  public let classes: [String]
  let content: Content

  /// The most bytes of a file; COCO's own largest has 450 million.
  static let byteLimit = 2 << 30

  /// Reads a file.
  ///
  /// - Throws: ``DatasetError`` if it is no JSON of that form, or ids repeat.
  public init(_ path: String) throws(DatasetError) {
    try self.init(
      json: try DatasetError.contents(of: path, limit: Self.byteLimit), path: path)
  }

  init(json: [UInt8], path: String) throws(DatasetError) {
    content = try Self.decoded(json, path: path)
    try Self.requireUnique(content.images.map(\.id), what: "ids of images", path: path)
    try Self.requireUnique(content.categories.map(\.id), what: "ids of categories", path: path)
    var classes: [String] = []
    var known: Set<String> = []
    for category in content.categories where known.insert(category.name).inserted {
      classes.append(category.name)
    }
    (self.path, self.classes) = (path, classes)
  }

  private static func requireUnique(
    _ ids: [Int], what: String, path: String
  ) throws(DatasetError) {
    var seen: Set<Int> = []
    for id in ids where !seen.insert(id).inserted {
      throw .repeated(path: path, what: what, value: String(id))
    }
  }
}

extension COCOFile {
  /// What of the file is of use.
  struct Content: Decodable, Sendable {
    var images: [Picture]
    var annotations: [Annotation]
    var categories: [Category]
  }

  struct Picture: Decodable, Sendable {
    var id: Int
    var file_name: String
    var width: Double?
    var height: Double?
  }

  struct Annotation: Decodable, Sendable {
    var id: Int?
    var image_id: Int
    var category_id: Int
    var bbox: [Double]?
    var area: Double?
    var iscrowd: Flag?
  }

  struct Category: Decodable, Sendable {
    var id: Int
    var name: String
  }

  /// 0 or 1, or what some programs write instead.
  struct Flag: Decodable, Sendable {
    var isSet: Bool

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let flag = try? container.decode(Bool.self) {
        isSet = flag
      } else {
        isSet = try container.decode(Double.self) != 0
      }
    }
  }

  private static func decoded(_ json: [UInt8], path: String) throws(DatasetError) -> Content {
    let expected = "COCO's JSON with images, annotations and categories"
    do {
      return try JSONDecoder().decode(Content.self, from: Data(json))
    } catch DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty {
      throw .malformed(path: path, expected: expected, found: JSONFlaw.describe(json))
    } catch let error as DecodingError {
      throw .malformed(path: path, expected: expected, found: error.shortText)
    } catch {
      throw .malformed(path: path, expected: expected, found: "\(error)")
    }
  }
}

extension DecodingError {
  /// What is wrong and where, in a few words.
  fileprivate var shortText: String {
    func place(_ path: [any CodingKey]) -> String {
      let text = path.reduce(into: "") { text, key in
        if let index = key.intValue {
          text += "[\(index)]"
        } else {
          text += (text.isEmpty ? "" : ".") + key.stringValue
        }
      }
      return text.isEmpty ? "the file" : text
    }
    switch self {
    case .keyNotFound(let key, let context):
      return "no \(place(context.codingPath + [key]))"
    case .valueNotFound(_, let context):
      return "null at \(place(context.codingPath))"
    case .typeMismatch(_, let context):
      return "another type of value at \(place(context.codingPath))"
    case .dataCorrupted(let context):
      return "a value that cannot be read at \(place(context.codingPath))"
    @unknown default:
      return "an error of another kind"
    }
  }
}
