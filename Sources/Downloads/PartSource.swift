/// Where the beginning of a file in a `.part` comes from.
///
/// It lies beside the `.part` as three lines of text.
struct PartSource: Hashable {
  let url: String
  /// nil if the server has said nothing that tells versions of the file apart.
  let validator: Validator?
  /// The bytes of the whole file; nil if the server has not said.
  let total: Int?

  var text: String {
    let version =
      switch validator {
      case .etag(let tag): "etag \(tag)\n"
      case .lastModified(let date): "last-modified \(date)\n"
      case nil: ""
      }
    return "url \(url)\n" + version + (total.map { "total \($0)\n" } ?? "")
  }
}

extension PartSource {
  /// Reads what ``text`` wrote; nil if it is something else.
  init?(text: String) {
    var (url, validator, total): (String?, Validator?, Int?)
    for line in text.split(separator: "\n") {
      let (key, value) = String(line).divided(by: " ")
      guard let value else { return nil }
      switch key {
      case "url": url = value
      case "etag": validator = .etag(value)
      case "last-modified": validator = .lastModified(value)
      case "total":
        guard let number = Int(value), number >= 0 else { return nil }
        total = number
      default: return nil
      }
    }
    guard let url, text.hasSuffix("\n") else { return nil }
    self.init(url: url, validator: validator, total: total)
  }
}
