import Foundation
import Mutations
import Testing
import WeightFormats

/// What is no file of weights at all.
@Suite("Refusing what holds no weights")
struct RefusalTests {
  @Test(
    "Other files are refused with their path and the reason",
    arguments: [
      ("empty", [UInt8]()),
      ("one byte", [0]),
      ("text", Array("Dear diary, today I trained a network.\n".utf8)),
      ("blanks", Array("  \n \n".utf8)),
      ("JSON", Array("{\"a\": [1, 2]}".utf8)),
      ("half an object", Array("{".utf8)),
      ("a GIF", Array("GIF89a\u{1}\u{0}\u{1}\u{0}".utf8)),
      ("a PNG", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0x0D]),
      ("a JPEG", [0xFF, 0xD8, 0xFF, 0xE0, 0, 0x10, 0x4A, 0x46, 0x49, 0x46]),
      ("a pickle of None", [0x80, 2, 0x4E, 0x2E]),
      ("an empty archive", Array("PK\u{5}\u{6}".utf8) + [UInt8](repeating: 0, count: 18)),
      ("HDF5's signature", [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]),
      ("ones", [UInt8](repeating: 0xFF, count: 600)),
      ("zeros", [UInt8](repeating: 0, count: 100_000)),
    ])
  func otherFiles(what: String, content: [UInt8]) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/file"
      try write(content, to: path)
      let message = try #require(failure { try WeightFormats.open(path) })
      #expect(message.hasPrefix(path) && !message.contains("\n"), "\(what): \(message)")
    }
  }

  @Test("A file that is not there is reported by its name")
  func missing() throws {
    try withTemporaryFolder { folder in
      let message = try #require(failure { try WeightFormats.open("\(folder)/none.h5") })
      #expect(message.hasPrefix("\(folder)/none.h5: there is no such file"), "\(message)")
    }
    #expect(failure { try WeightFormats.open("") } != nil)
  }

  @Test("A folder without a checkpoint is refused")
  func folder() throws {
    try withTemporaryFolder { folder in
      let message = try #require(failure { try WeightFormats.open(folder) })
      #expect(message.hasPrefix(folder) && message.contains("folder"), "\(message)")
      try write("nothing of use".utf8, to: "\(folder)/checkpoint")
      #expect(failure { try WeightFormats.open(folder) } != nil)
    }
  }

  @Test("A pipe that nobody writes to is refused rather than waited for")
  func pipes() throws {
    try withTemporaryFolder { folder in
      for name in ["pipe", "pipe.index", "checkpoint", "part.weights.h5"] {
        #expect(mkfifo("\(folder)/\(name)", 0o600) == 0)
      }
      try write(
        #"{"weight_map": {"/layers/dense/vars": "part.weights.h5"}}"#.utf8,
        to: "\(folder)/parts.weights.json")
      for path in ["pipe", "pipe.index", "", "parts.weights.json"] {
        let message = try #require(failure { try WeightFormats.open("\(folder)/\(path)") })
        #expect(message.hasPrefix(folder), "\(message)")
      }
    }
  }

  @Test("A device is refused", arguments: ["/dev/zero", "/dev/null"])
  func devices(path: String) throws {
    let message = try #require(failure { try WeightFormats.open(path) })
    #expect(message.hasPrefix(path), "\(message)")
  }

  @Test("A file that nobody may read is refused", .enabled(if: getuid() != 0))
  func forbidden() throws {
    try withTemporaryFolder { folder in
      try copy("SafetensorsTests/float32.safetensors", to: "\(folder)/file")
      chmod("\(folder)/file", 0)
      #expect(failure { try WeightFormats.open("\(folder)/file") } != nil)
    }
  }
}
