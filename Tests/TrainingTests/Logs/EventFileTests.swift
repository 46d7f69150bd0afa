// A fixture that cannot be read ends the tests, as it should.
// swift-format-ignore-file: NeverForceUnwrap, NeverUseForceTry

import FoundationEssentials
import Glibc
import Testing

@testable import Training

@Suite struct EventFileTests {
  /// What tensorboard's libraries write; `make_events.py` tells how.
  private static let golden = try! bytes(
    of: #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
      .joined(separator: "/") + "/Fixtures/events.tfevents")

  private static let start = 1_700_000_000.0

  private static let steps: [(step: Int, time: Double, scalars: [(tag: String, value: Float)])] = [
    (0, 1_700_000_000.25, [("loss/total", 1.5), ("rate", 0)]),
    (1, 1_700_000_001.5, [("loss/total", 0.1)]),
    (300, 1_700_000_002, [("loss/total", .infinity), ("mAP50", -0.0), ("é", 1e-30)]),
    (5_000_000_000, 1_700_000_003.125, []),
  ]

  private static func bytes(of path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: path)))
  }

  private static func write(_ bytes: [UInt8], to path: String) throws {
    try Data(bytes).write(to: URL(filePath: path))
  }

  /// Calls `body` with the path of a file in a new folder that is removed afterwards.
  private static func withPath(_ body: (String) throws -> Void) throws {
    var template = Array("/tmp/EventFileTests-XXXXXX".utf8CString)
    let folder = String(cString: mkdtemp(&template))
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body("\(folder)/events.tfevents")
  }

  private static func append(
    _ steps: some Sequence<(step: Int, time: Double, scalars: [(tag: String, value: Float)])>,
    to file: inout EventFile
  ) throws {
    for step in steps {
      try file.append(step: step.step, wallTime: step.time, scalars: step.scalars)
    }
  }

  /// Where the records of the golden begin, and its end.
  private static var borders: [Int] {
    var borders = [0]
    while case .message(_, let end) = EventRecord.content(of: golden, at: borders.last!) {
      borders.append(end)
    }
    return borders
  }

  @Test("The bytes are those that tensorboard's libraries write")
  func golden() throws {
    try Self.withPath { path in
      try Self.write([1, 2, 3], to: path)
      var file = try EventFile(path: path, startTime: Self.start)
      try Self.append(Self.steps, to: &file)
      try file.synchronise()
      #expect(try Self.bytes(of: path) == Self.golden)
    }
    #expect(Self.borders.count == 6 && Self.borders.last == Self.golden.count)
  }

  @Test("The checksum is the published one")
  func checksum() {
    // From RFC 3720, appendix B.4, and the check value of the catalogue of CRC algorithms.
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)[...]) == 0x8A91_36AA)
    #expect(CRC32C.checksum([UInt8](repeating: 0xFF, count: 32)[...]) == 0x62A8_AB43)
    #expect(CRC32C.checksum(Array("123456789".utf8)[...]) == 0xE306_9283)
  }

  @Test("A run that goes on cuts off later steps and writes the same again")
  func resuming() throws {
    try Self.withPath { path in
      for (step, kept) in [(0, 1), (1, 2), (299, 2), (300, 3), (Int.max, 4)] {
        try Self.write(Self.golden, to: path)
        var file = try EventFile(resuming: path, after: step, startTime: 1)
        #expect(try Self.bytes(of: path) == Array(Self.golden[..<Self.borders[kept + 1]]))
        try Self.append(Self.steps.dropFirst(kept), to: &file)
        #expect(try Self.bytes(of: path) == Self.golden)
      }
    }
  }

  @Test("A file cut at any byte is taken up from its last whole record")
  func cutAnywhere() throws {
    let borders = Self.borders
    try Self.withPath { path in
      for count in 0...Self.golden.count {
        for zeros in [0, 40] {
          let file = Self.golden[..<count] + [UInt8](repeating: 0, count: zeros)
          // Zeros within a record whose length is known to the file are part of that record.
          if zeros > 0, !borders.contains(count) { continue }
          try Self.write(Array(file), to: path)
          var resumed = try EventFile(
            resuming: path, after: .max, startTime: Self.start)
          // The version is written anew if not all of it was left.
          let whole = max(borders.last { $0 <= count }!, borders[1])
          #expect(try Self.bytes(of: path) == Array(Self.golden[..<whole]), "\(count)")
          try Self.append(Self.steps.dropFirst(borders.firstIndex(of: whole)! - 1), to: &resumed)
          #expect(try Self.bytes(of: path) == Self.golden, "\(count)")
        }
      }
    }
  }

  @Test("A last record whose end was never written is cut off")
  func unwrittenEnd() throws {
    let last = Self.borders[4]
    try Self.withPath { path in
      var bytes = Self.golden
      for index in (last + 14)..<bytes.count { bytes[index] = 0 }
      try Self.write(bytes, to: path)
      _ = try EventFile(resuming: path, after: .max, startTime: 1)
      #expect(try Self.bytes(of: path) == Array(Self.golden[..<last]))
    }
  }

  @Test("A changed byte before the last record is refused, and the file stays as it is")
  func damage() throws {
    try Self.withPath { path in
      for place in 0..<Self.borders[4] {
        var bytes = Self.golden
        bytes[place] ^= 0x10
        try Self.write(bytes, to: path)
        #expect(throws: TrainingError.self, "\(place)") {
          _ = try EventFile(resuming: path, after: .max, startTime: 1)
        }
        #expect(try Self.bytes(of: path) == bytes)
      }
    }
  }

  @Test("A file of something else is refused, and stays as it is")
  func otherFiles() throws {
    try Self.withPath { path in
      for text in ["x", "hello", #"{"loss": 1.5, "step": 12, "seconds": 3.25}"#] {
        try Self.write(Array(text.utf8), to: path)
        #expect(throws: TrainingError.self) {
          _ = try EventFile(resuming: path, after: 1, startTime: 1)
        }
        #expect(try Self.bytes(of: path) == Array(text.utf8))
      }
      // A TFRecord file whose first record is no version.
      let record = EventRecord.framed([2 << 3, 1])
      try Self.write(record, to: path)
      #expect(
        throws: TrainingError.run(
          path: path,
          reason: "is not an event file, expected brain.Event:2, found no version; move it away")
      ) {
        _ = try EventFile(resuming: path, after: 1, startTime: 1)
      }
    }
  }

  @Test("A file that is not there is begun when a run goes on; a folder that is not is an error")
  func missing() throws {
    try Self.withPath { path in
      _ = try EventFile(resuming: path, after: 7, startTime: Self.start)
      #expect(try Self.bytes(of: path) == Array(Self.golden[..<Self.borders[1]]))
      let nowhere = "\(path)/nowhere/events.tfevents"
      #expect(throws: TrainingError.run(path: nowhere, reason: "not a directory")) {
        _ = try EventFile(path: nowhere, startTime: 1)
      }
    }
  }

  @Test("A full disk is an error")
  func fullDisk() throws {
    // Linux's device that has no room left.
    #expect(
      throws: TrainingError.run(path: "/dev/full", reason: "no space left on device")
    ) {
      _ = try EventFile(path: "/dev/full", startTime: 1)
    }
  }
}
