import Files
import Glibc
import Mutations
import Testing

@Suite struct OpenFileTests {
  @Test("What is no regular file is refused with its path, the reason and what to do")
  func refused() throws {
    try withTemporaryFolder { folder in
      #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
      symlink("nowhere", "\(folder)/link")
      for (path, reason) in [
        ("", "is not a name of a file; check the path"),
        ("a\0b", "is not a name of a file; check the path"),
        (folder, "is a folder, expected a file; name a file in it"),
        ("\(folder)/none", "there is no such file; check the path"),
        ("\(folder)/link", "there is no such file; check the path"),
        ("\(folder)/none/file", "there is no such file; check the path"),
        (
          "\(folder)/pipe", "is a pipe or device, expected a file; copy its content to a file first"
        ),
        ("/dev/zero", "is a pipe or device, expected a file; copy its content to a file first"),
        ("/etc/passwd/x", "cannot be opened (not a directory); check the path"),
        (
          "\(folder)/" + String(repeating: "x", count: 300),
          "cannot be opened (file name too long); check the path"
        ),
      ] {
        #expect(throws: FileError(path: path, reason: reason)) { try OpenFile(reading: path) }
      }
    }
  }

  @Test("A file that may not be read is refused", .enabled(if: geteuid() != 0))
  func forbidden() throws {
    try withTemporaryFolder { folder in
      try write([1], to: "\(folder)/file")
      chmod("\(folder)/file", 0)
      let message = failure { try OpenFile(reading: "\(folder)/file") }
      #expect(message?.contains("may not be read (permission denied)") == true)
    }
  }

  @Test("Bytes are read at any place, and none beyond the end")
  func bytes() throws {
    try withTemporaryFolder { folder in
      try write(0..<100, to: "\(folder)/file")
      let file = try OpenFile(reading: "\(folder)/file")
      #expect(file.count == 100 && file.start == 0)
      #expect(try file.bytes(at: 98, count: 2) == [98, 99])
      #expect(try file.bytes(at: 100, count: 0) == [])
      #expect(try file.prefix(3) == [0, 1, 2])
      #expect(try file.prefix(1000).count == 100)
      #expect(try file.contents() == Array(0..<100))
      for (offset, count) in [(99, 2), (-1, 1), (0, -1), (101, 0), (0, .max), (.max, .max)] {
        let message = failure { try file.bytes(at: offset, count: count) }
        let expected =
          "\(folder)/file: ends at byte 100, and \(count) bytes at \(offset) are needed; "
          + "the file is damaged, copy or download it again"
        #expect(message == expected)
      }
      let long = failure { try file.contents(limit: 99) }
      #expect(long?.contains("the file has 100 bytes, expected 99 at most") == true)
    }
  }

  @Test("A part of a file is read as if it were a file")
  func part() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/file"
      try write(0..<100, to: path)
      let part = try OpenFile(reading: path, part: 10..<20)
      #expect(part.count == 10 && part.start == 10)
      #expect(try part.contents() == Array(10..<20))
      #expect(failure { try part.bytes(at: 9, count: 2) } != nil)
      #expect(try OpenFile(reading: path, part: 100..<100).contents() == [])
      for part in [90..<101, 200..<201, 1..<Int.max, -1..<3] {
        #expect(throws: FileError.self) { try OpenFile(reading: path, part: part) }
      }
    }
  }

  @Test("A file that becomes shorter while it is open is an error, not the program's end")
  func cut() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/file"
      try write([UInt8](repeating: 1, count: 10_000), to: path)
      let file = try OpenFile(reading: path)
      truncate(path, 5000)
      #expect(try file.bytes(at: 4000, count: 1000).count == 1000)
      let reason = "became shorter while it was read; wait until it is written and try again"
      #expect(throws: FileError(path: path, reason: reason)) { try file.contents() }
      let window = FileWindow(file)
      #expect(throws: FileError(path: path, reason: reason)) { try window.byte(at: 5000) }
    }
  }

  @Test("A window gives the same bytes forwards, backwards and at random")
  func window() throws {
    try withTemporaryFolder { folder in
      let content = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 7) }
      try write(content, to: "\(folder)/file")
      let window = try FileWindow(reading: "\(folder)/file")
      for place in stride(from: 0, to: content.count, by: 17) {
        #expect(try window.byte(at: place) == content[place])
      }
      for place in stride(from: content.count - 1, through: 0, by: -997) {
        #expect(try window.byte(at: place) == content[place])
      }
      var random = SeededGenerator(seed: 3)
      for _ in 0..<300 {
        let start = random.below(content.count)
        let end =
          start + random.below(min(content.count - start, random.below(2) == 0 ? 90 : 70_000))
        #expect(try window.bytes(in: start..<end) == Array(content[start..<end]))
      }
      #expect(throws: FileError.self) { try window.bytes(in: 199_990..<200_001) }
      #expect(throws: FileError.self) { try window.bytes(in: 200_000..<200_001) }
      #expect(throws: FileError.self) { try window.bytes(in: 0..<(.max)) }
      #expect(try window.bytes(in: 200_000..<200_000) == [])
    }
  }

  @Test("An error is one line, whatever the path holds")
  func oneLine() {
    let error = FileError(path: "a\nb\u{1B}[2J", reason: "is odd; look at it")
    #expect(error.description == "a?b?[2J: is odd; look at it")
    #expect("\(String(repeating: "x", count: 90))\n".shortened.count == 81)
    #expect("a\tb".shortened == "a?b")
  }

  @Test("What stands at a path is told apart")
  func kinds() throws {
    try withTemporaryFolder { folder in
      try write([], to: "\(folder)/file")
      symlink("file", "\(folder)/link")
      #expect(FileKind("\(folder)/file") == .file)
      #expect(FileKind("\(folder)/link") == .file)
      #expect(FileKind(folder) == .folder)
      #expect(FileKind("/dev/null") == .other)
      #expect(FileKind("\(folder)/none") == nil && FileKind("") == nil && FileKind("a\0") == nil)
    }
  }
}
