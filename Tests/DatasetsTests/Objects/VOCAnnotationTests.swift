import Testing

@testable import Datasets

@Suite struct VOCAnnotationTests {
  private func refused(_ xml: [UInt8]) -> String {
    refusal(in: "/none") { () throws(DatasetError) in try VOCAnnotation(xml: xml, name: "a.xml") }
  }

  private func refused(_ xml: String) -> String { refused(Array(xml.utf8)) }

  private static let start =
    "a.xml: cannot be understood, expected XML of the form "
    + "<annotation>…</annotation>, found "
  private static let end = "; mend the file or take it out of the data"

  @Test("What is no annotation is refused in one line")
  func refusals() {
    for (xml, found) in [
      ("", "no data"), ("   \n", "no element found in line 2"),
      ("<annotation>\n<object>", "no element found in line 2"),
      ("<annotation><object></annotation>", "mismatched tag in line 1"),
      ("<annotation/><annotation/>", "junk after document element in line 1"),
      ("\u{89}PNG\r\n", "not well-formed (invalid token) in line 1"),
      ("{\"images\": []}", "not well-formed (invalid token) in line 1"),
      ("<html><annotation/></html>", "the root element <html>"),
      ("<annotation>&nbsp;</annotation>", "undefined entity in line 1"),
      ("<?xml version='1.0' encoding='GB2312'?><annotation/>", "unknown encoding in line 1"),
      ("<!DOCTYPE annotation><annotation/>", "a document type declaration"),
    ] {
      #expect(refused(xml) == Self.start + found + Self.end)
    }
    #expect(refused([0, 1, 2, 3]).hasPrefix(Self.start + "not well-formed"))
    #expect(refused([UInt8](repeating: 0, count: 5000)).hasPrefix(Self.start))
    #expect(!refused("<a\u{2028}b>").contains("\n"))
  }

  @Test("An entity that would expand a thousandfold is not even declared")
  func bomb() {
    let lines = (1..<10).map { index in
      "<!ENTITY e\(index) \"\(String(repeating: "&e\(index - 1);", count: 10))\">"
    }
    let bomb = "<!DOCTYPE annotation [<!ENTITY e0 \"boom\">\(lines.joined())]>"
    #expect(
      refused("\(bomb)<annotation><object><name>&e9;</name></object></annotation>")
        == Self.start + "a document type declaration" + Self.end)
    let external = "<!DOCTYPE annotation [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>"
    #expect(refused("\(external)<annotation>&e;</annotation>").contains("document type"))
  }

  @Test("Depth and lengths are bounded")
  func bounds() throws {
    let count = 100_000
    let deep = String(repeating: "<a>", count: count) + String(repeating: "</a>", count: count)
    #expect(
      refused("<annotation>\(deep)</annotation>")
        == Self.start + "elements nested deeper than 64 in line 1" + Self.end)
    let long = String(repeating: "x", count: 5000)
    #expect(
      refused("<annotation><object><name>\(long)</name></object></annotation>")
        == Self.start + "more than 4096 bytes in <name> in line 1" + Self.end)
    #expect(refused("<\(long)/>").count < 1300)
    // Nobody asks how long other texts are.
    let other = try VOCAnnotation(
      xml: Array("<annotation><path>\(long)</path></annotation>".utf8), name: "a.xml")
    #expect(other == VOCAnnotation())
    try withFixture { data in
      try data.write([UInt8](repeating: 0x20, count: VOCAnnotation.byteLimit + 1), to: "a.xml")
      #expect(
        refusal(in: data.folder) { () throws(DatasetError) in
          try VOCAnnotation(contentsOf: "\(data.folder)/a.xml")
        } == "DATA/a.xml: cannot be read: larger than 16 MiB")
      #expect(
        refusal(in: data.folder) { () throws(DatasetError) in
          try VOCAnnotation(contentsOf: data.folder)
        } == "DATA: cannot be read: a folder, not a file")
    }
  }

  @Test("Encodings that XML names are read, and texts that come in pieces")
  func encodings() throws {
    let xml =
      "<annotation><object><name>Bär &amp; <![CDATA[<Kuh>]]><!-- no --> &#x1F600;</name>"
      + "</object></annotation>"
    let expected = "Bär & <Kuh> 😀"
    let wide = Array(xml.utf16).flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    #expect(
      try VOCAnnotation(xml: Array(xml.utf8), name: "a").objects.map(\.name) == [expected])
    #expect(
      try VOCAnnotation(xml: [0xEF, 0xBB, 0xBF] + xml.utf8, name: "a").objects.map(\.name)
        == [expected])
    #expect(
      try VOCAnnotation(xml: [0xFF, 0xFE] + wide, name: "a").objects.map(\.name) == [expected])
    let latin =
      Array("<?xml version='1.0' encoding='ISO-8859-1'?>".utf8)
      + xml.unicodeScalars.map { UInt8($0.value) }
    #expect(try VOCAnnotation(xml: latin, name: "a").objects.map(\.name) == [expected])
  }

  @Test("Of a repeated element the first counts")
  func repeated() throws {
    let xml =
      "<annotation><object><name>a</name><name>b</name><bndbox><xmin>1</xmin></bndbox>"
      + "<bndbox><xmin>2</xmin><ymin>3</ymin></bndbox></object></annotation>"
    #expect(
      try VOCAnnotation(xml: Array(xml.utf8), name: "a").objects
        == [VOCAnnotation.Object(name: "a", edges: ["1", "3", nil, nil])])
  }

  @Test("A damaged annotation is refused in one line, or read as something", arguments: 0..<20)
  func mutations(seed: Int) {
    let file = Array(
      ObjectFixture.annotation([
        ObjectFixture.object("cat", 1, 2, 30, 20, more: "<difficult>0</difficult>"),
        ObjectFixture.object("dog", ["1.5", "2", "39", "28"]),
      ]).utf8)
    var noise = Noise(seed: seed)
    for _ in 0..<50 {
      let damaged = MutationTests.mutate(file, using: &noise)
      do {
        let annotation = try VOCAnnotation(xml: damaged, name: "damaged")
        #expect(annotation.objects.count <= 4)
        for object in annotation.objects { _ = object.numbers }
      } catch {
        #expect(error.description.hasPrefix("damaged: cannot be understood"))
        #expect(!error.description.contains("\n"))
      }
    }
  }
}
