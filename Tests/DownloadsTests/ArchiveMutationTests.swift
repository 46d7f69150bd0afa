import Foundation
import LocalServer
import Testing

@testable import Downloads

/// Archives that somebody has tampered with, and gzip's checksum after it.
@Suite struct ArchiveMutationTests {
  static let small = Array(content.prefix(700))

  static var archive: TarArchive {
    var archive = TarArchive()
    archive.add("././@LongLink", Array("a/long/name\u{0}".utf8), type: "L")
    archive.add("name", Array(content.prefix(10)))
    archive.add("PaxHeader", Array("21 path=a/model.ckpt\n".utf8), type: "x")
    archive.add("model.ckpt", small)
    return archive
  }

  /// Unpacks an archive; returns what was taken out, nil if it was refused.
  static func unpacked(_ packed: [UInt8], in folder: TemporaryFolder) throws -> [UInt8]? {
    let member = ArchiveMember("model.ckpt", to: "\(folder.path)/model.ckpt")
    let part = try PartFile(of: member.path) { () throws(DownloadError) in }
    defer { part.remove() }
    let bytes = packed.withUnsafeBytes { bytes in
      Result { () throws(DownloadError) in try part.append(bytes) }
    }
    try bytes.get()
    let unpacking = Unpacking(url: "http://h/x.tar.gz", members: [member], limit: 100)
    do throws(DownloadError) {
      try unpacking.run(part) { _ throws(DownloadError) in }
    } catch {
      #expect(!error.description.contains("\n"))
      #expect(try folder.contents.allSatisfy { $0.hasPrefix("model.ckpt.part") })
      return nil
    }
    defer { unlink(member.path) }
    return try read(member.path)
  }

  /// Gives each header the sum that it has to have.
  static func withRightSums(_ tar: [UInt8]) -> [UInt8] {
    var tar = tar
    for start in stride(from: 0, to: tar.count, by: 512) {
      guard tar[(start + 257)..<(start + 262)].elementsEqual("ustar".utf8) else { continue }
      for place in 148..<156 { tar[start + place] = UInt8(ascii: " ") }
      let sum = tar[start..<(start + 512)].reduce(0) { $0 + Int($1) }
      let digits = String(sum, radix: 8)
      let field = String(repeating: "0", count: 6 - digits.count) + digits + "\u{0}"
      for (place, byte) in field.utf8.enumerated() { tar[start + 148 + place] = byte }
    }
    return tar
  }

  @Test func `Every changed byte gives a file or an error, and never anything else`() throws {
    let folder = try TemporaryFolder()
    let tar = Self.archive.bytes
    #expect(try Self.unpacked(Self.archive.packed, in: folder) == Self.small)
    var (taken, refused) = (0, 0)
    // The headers, and the texts of those that speak of others, with their lengths.
    for place in tar.indices where place < 512 * 7 && (tar[place] != 0 || place % 61 == 0) {
      var changed = tar
      changed[place] = place % 2 == 0 ? tar[place] ^ 0x81 : UInt8(ascii: "7")
      let packed = TarArchive.gzip(
        Self.withRightSums(changed) + [UInt8](repeating: 0, count: 1024))
      if let found = try Self.unpacked(packed, in: folder) {
        taken += 1
        #expect(found.count <= tar.count)
      } else {
        refused += 1
      }
    }
    #expect(taken > 10 && refused > 10)
  }

  @Test func `Every changed bit of the packed bytes is found or does not matter`() throws {
    let folder = try TemporaryFolder()
    let packed = Self.archive.packed
    // Gzip's own head has a time and the like, which nobody reads.
    for place in packed.indices where place < 40 || place % 97 == 0 || place > packed.count - 9 {
      var changed = packed
      changed[place] ^= 1 << UInt8(place % 8)
      let found = try Self.unpacked(changed, in: folder)
      #expect(found == nil || found == Self.small, "\(place)")
      #expect(found == nil || 4..<10 ~= place, "\(place)")
    }
    #expect(try Self.unpacked(packed, in: folder) == Self.small)
  }
}
