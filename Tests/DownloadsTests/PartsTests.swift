import Foundation
import Testing

@testable import Downloads

/// The parts of a download that need no server.
@Suite struct PartsTests {
  @Test func `Digests are those of the standards' own examples`() throws {
    // RFC 1321, A.5, and FIPS 180-2, B.1.
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/abc"
    try write("abc".utf8, to: path)
    let descriptor = open(path, O_RDONLY)
    defer { close(descriptor) }
    #expect(
      try Digest.ofFile(descriptor, path: path, .md5) == "900150983cd24fb0d6963f7d28e17f72")
    #expect(
      try Digest.ofFile(descriptor, path: path, .sha256)
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(try Digest.ofFile(descriptor, path: path, .md5, isStopped: { true }) == nil)
  }

  @Test(arguments: [
    "", "abc", String(repeating: "g", count: 32), String(repeating: "0", count: 33),
  ])
  func `What is no MD5 is refused`(digits: String) {
    #expect(throws: DownloadError.self) { try Checksum.md5(digits) }
  }

  @Test(arguments: ["", "1234567", "1234567g", String(repeating: "0", count: 65)])
  func `What is no beginning of a SHA-256 is refused`(digits: String) {
    #expect(throws: DownloadError.self) { try Checksum.sha256(digits) }
  }

  @Test func `A head is read line by line, and a status begins another`() {
    var head = ResponseHead()
    for line in [
      "HTTP/1.1 302 Found\r\n", "ETag: \"0\"\r\n", "Location: /x\r\n", "\r\n", "HTTP/2 206 \r\n",
      "last-modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n", "etag:  \"a b\" \r\n",
      "Content-Length: 12\r\n", "content-range: bytes 5-16/17\r\n", "no colon\r\n", "\r\n",
    ] { head.read(line: line) }
    #expect(head.status == 206)
    #expect(head.validator == .etag("\"a b\""))
    #expect(head.contentLength == 12)
    #expect(head.location == nil)
    #expect(head.range?.start == 5 && head.range?.total == 17)
  }

  @Test(arguments: [
    "bytes 5-4/17", "bytes 5-16/16", "bytes -5/17", "bytes */17", "items 0-1/2", "bytes 0-1",
    "bytes 0-1/x", "bytes 0-1-2/9", "bytes 99999999999999999999-1/2",
  ])
  func `A range that contradicts itself is none`(text: String) {
    var head = ResponseHead()
    head.read(line: "Content-Range: \(text)\r\n")
    #expect(head.range == nil)
  }

  @Test func `A range of a file of unknown length has no total`() {
    var head = ResponseHead()
    head.read(line: "Content-Range: bytes 5-9/*\r\n")
    #expect(head.range?.start == 5 && head.range?.total == nil)
  }

  @Test func `A header with a control character is not sent back`() {
    var head = ResponseHead()
    head.read(line: "ETag: \"a\rX: y\"\r\n")
    #expect(head.validator == nil)
  }

  @Test func `A source is read as it was written`() {
    for validator in [Validator.etag("\"a b\""), .lastModified("Sun, 06 Nov 1994"), nil] {
      for total in [nil, 0, 17] {
        let source = PartSource(url: "http://h/x", validator: validator, total: total)
        #expect(PartSource(text: source.text) == source)
      }
    }
  }

  @Test func `Who waited for a part that was removed does not write into nothing`() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/weights.h5"
    var first: PartFile? = try PartFile(of: path) {}
    try content.withUnsafeBytes { try first?.append($0) }
    var (third, waits) = (PartFile?.none, 0)
    let second = try PartFile(of: path) { () throws(DownloadError) in
      waits += 1
      if waits > 1 {
        third?.remove()
        return third = nil
      }
      first?.remove()
      first = nil
      third = try PartFile(of: path) {}
    }
    #expect(waits == 2)
    #expect(second.size == 0)
    try content.withUnsafeBytes { try second.append($0) }
    try second.publish()
    #expect(try read(path) == content)
    #expect(try folder.contents == ["weights.h5"])
  }

  @Test func `A rate is that of the last five seconds`() {
    var meter = RateMeter()
    let start = ContinuousClock.now
    #expect(meter.rate == nil)
    meter.note(1000, at: start)
    #expect(meter.rate == nil)
    meter.note(1500, at: start + .seconds(1))
    #expect(meter.rate == 500)
    for second in 2...10 { meter.note(1500 + 100 * (second - 1), at: start + .seconds(second)) }
    #expect(meter.rate == 100)
  }

  @Test func `The time that remains follows from the rate`() {
    #expect(
      DownloadProgress(received: 50, total: 150, rate: 10).remaining == .seconds(10))
    #expect(DownloadProgress(received: 50, total: nil, rate: 10).remaining == nil)
    #expect(DownloadProgress(received: 50, total: 150, rate: 0).remaining == nil)
  }
}
