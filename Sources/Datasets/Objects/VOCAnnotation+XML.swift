internal import CExpat

extension VOCAnnotation {
  /// The most bytes of an annotation file; a thousand objects take a third of a megabyte.
  static let byteLimit = 16 << 20

  /// Reads an annotation file.
  ///
  /// UTF-8, UTF-16, ISO 8859-1 and ASCII are read. Document type declarations are refused: VOC has
  /// none, and without them no text can stand for more than itself.
  init(contentsOf path: String) throws(DatasetError) {
    try self.init(
      xml: try DatasetError.contents(of: path, limit: Self.byteLimit), name: path)
  }

  init(xml: [UInt8], name: String) throws(DatasetError) {
    guard !xml.isEmpty else { throw .malformed(path: name, expected: Self.form, found: "no data") }
    guard let parser = XML_ParserCreate(nil) else {
      throw .unreadable(path: name, reason: "expat could not start")
    }
    defer { XML_ParserFree(parser) }
    let reader = VOCAnnotationReader(parser)
    XML_SetUserData(parser, Unmanaged.passUnretained(reader).toOpaque())
    XML_SetElementHandler(
      parser, { context, name, _ in readerOf(context)?.start(name) },
      { context, _ in readerOf(context)?.end() })
    XML_SetCharacterDataHandler(parser) { context, text, count in
      readerOf(context)?.append(text, Int(count))
    }
    XML_SetStartDoctypeDeclHandler(parser) { context, _, _, _, _ in
      readerOf(context)?.stop("a document type declaration")
    }
    // Kept alive up to here: the parser holds no reference to it.
    let status = withExtendedLifetime(reader) {
      xml.withUnsafeBytes { bytes in
        XML_Parse(
          parser, bytes.bindMemory(to: CChar.self).baseAddress, CInt(bytes.count), 1)
      }
    }
    if let refusal = reader.refusal {
      throw .malformed(path: name, expected: Self.form, found: refusal)
    }
    guard status == XML_STATUS_OK else {
      let reason = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) }
      throw .malformed(
        path: name, expected: Self.form,
        found: "\(reason ?? "an error") in line \(XML_GetCurrentLineNumber(parser))")
    }
    self = reader.annotation
  }

  private static let form = "XML of the form <annotation>…</annotation>"
}

/// Gathers what is wanted while the parser goes through the file.
private final class VOCAnnotationReader {
  var annotation = VOCAnnotation()
  private(set) var refusal: String?
  private let parser: XML_Parser
  /// The names of the open elements below the root.
  private var path: [String] = []
  private var depth = 0
  private var text: [UInt8]?
  private var textDepth = 0

  init(_ parser: XML_Parser) { self.parser = parser }

  /// Deeper ones are nobody's annotation.
  ///
  /// VOC's own go to six: parts of objects have boxes too.
  private static let depthLimit = 64
  /// No name or number is longer.
  private static let textLimit = 4096

  func start(_ element: UnsafePointer<CChar>?) {
    guard refusal == nil, let element else { return }
    let name = String(cString: element)
    depth += 1
    if depth > Self.depthLimit {
      return stop("elements nested deeper than \(Self.depthLimit) in line \(line)")
    }
    if depth == 1 {
      if name != "annotation" { stop("the root element <\(name)>") }
      return
    }
    path.append(name)
    if depth == 2, name == "object" { annotation.objects.append(VOCAnnotation.Object()) }
    if text == nil, field != nil { (text, textDepth) = ([], depth) }
  }

  func append(_ characters: UnsafePointer<CChar>?, _ count: Int) {
    guard refusal == nil, text != nil, depth == textDepth, let characters else { return }
    let bytes = UnsafeBufferPointer(start: characters, count: count)
    text?.append(contentsOf: bytes.lazy.map { UInt8(bitPattern: $0) })
    if let text, text.count > Self.textLimit {
      stop("more than \(Self.textLimit) bytes in <\(path.last ?? "")> in line \(line)")
    }
  }

  func end() {
    guard refusal == nil else { return }
    if let text, depth == textDepth {
      let value = String(decoding: text, as: UTF8.self).withoutOuterSpace
      // Of a repeated element the first counts.
      if let field, self[field] == nil { self[field] = value }
      self.text = nil
    }
    depth -= 1
    if !path.isEmpty { path.removeLast() }
  }

  func stop(_ reason: String) {
    guard refusal == nil else { return }
    refusal = reason
    XML_StopParser(parser, XML_Bool(XML_FALSE))
  }

  private var line: UInt { UInt(XML_GetCurrentLineNumber(parser)) }

  private enum Field { case width, height, name, difficult, truncated, edge(Int) }

  /// What the innermost open element is, if it is of interest.
  ///
  /// Names and boxes of an object's parts lie deeper and are passed over.
  private var field: Field? {
    switch path.count {
    case 2 where path[0] == "size":
      switch path[1] {
      case "width": .width
      case "height": .height
      default: nil
      }
    case 2 where path[0] == "object":
      switch path[1] {
      case "name": .name
      case "difficult": .difficult
      case "truncated": .truncated
      default: nil
      }
    case 3 where path[0] == "object" && path[1] == "bndbox":
      VOCAnnotation.edgeKeys.firstIndex(of: path[2]).map { .edge($0) }
    default: nil
    }
  }

  private subscript(field: Field) -> String? {
    get {
      let object = annotation.objects.last
      return switch field {
      case .width: annotation.width
      case .height: annotation.height
      case .name: object?.name
      case .difficult: object?.difficult
      case .truncated: object?.truncated
      case .edge(let index): object?.edges[index]
      }
    }
    set {
      let last = annotation.objects.count - 1
      switch field {
      case .width: annotation.width = newValue
      case .height: annotation.height = newValue
      case .name: annotation.objects[last].name = newValue
      case .difficult: annotation.objects[last].difficult = newValue
      case .truncated: annotation.objects[last].truncated = newValue
      case .edge(let index): annotation.objects[last].edges[index] = newValue
      }
    }
  }
}

private func readerOf(_ context: UnsafeMutableRawPointer?) -> VOCAnnotationReader? {
  context.map { Unmanaged<VOCAnnotationReader>.fromOpaque($0).takeUnretainedValue() }
}

extension StringProtocol {
  /// The text without spaces and line ends before and after it.
  var withoutOuterSpace: String {
    let start = drop { $0.isWhitespace }
    return String(start.reversed().drop { $0.isWhitespace }.reversed())
  }
}
