import Files
import FoundationEssentials
import Glibc
import Mutations
import Testing

@Suite struct ReplacedFileTests {
  private struct Stop: Error {}

  private func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test("A file appears with all its content, and replaces the one before")
  func whole() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/file"
      for text in ["first", "", "second, which is longer"] {
        try ReplacedFile.write(text, to: path)
        #expect(try bytes(of: path) == Array(text.utf8))
      }
      try ReplacedFile.write(to: path) { (file) throws(FileError) in
        try file.append([1, 2])
        #expect(FileKind(path) == .file)
        try file.append([])
        try file.append([3])
      }
      #expect(try bytes(of: path) == [1, 2, 3])
      try ReplacedFile.writeByName(to: path) { temporary in
        #expect(FileKind(temporary) == nil && temporary.hasSuffix(".part"))
        try write([9], to: temporary)
      }
      #expect(try bytes(of: path) == [9])
      #expect(try names(in: folder) == ["file"])
    }
  }

  @Test("If writing fails, what was there stays and nothing else is left")
  func failing() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/file"
      try ReplacedFile.write("before", to: path)
      let error = FileError(path: path, reason: "no")
      #expect(throws: error) {
        try ReplacedFile.write(to: path) { (file) throws(FileError) in
          try file.append([1])
          throw error
        }
      }
      #expect(throws: Stop.self) {
        try ReplacedFile.writeByName(to: path) { temporary in
          try write([1], to: temporary)
          throw Stop()
        }
      }
      // A library that writes nothing has not done what it was asked.
      #expect(throws: FileError.self) { try ReplacedFile.writeByName(to: path) { _ in } }
      #expect(try bytes(of: path) == Array("before".utf8))
      #expect(try names(in: folder) == ["file"])
    }
  }

  @Test("What cannot be replaced is refused with what to do")
  func refused() throws {
    try withTemporaryFolder { folder in
      #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
      symlink("nowhere", "\(folder)/link")
      for (path, reason) in [
        ("", "is not a name of a file; choose another name"),
        ("a\0", "is not a name of a file; choose another name"),
        ("\(folder)/new/", "is not a name of a file; choose another name"),
        (folder, "is a folder, expected a file; choose another name"),
        (
          "\(folder)/pipe",
          "is a pipe or device, which cannot be replaced; choose another name"
        ),
        ("/dev/null", "is a pipe or device, which cannot be replaced; choose another name"),
        ("\(folder)/link", "is a link to a file that is not there; remove it or name the file"),
        ("\(folder)/none/file", "there is no folder \(folder)/none; create it first"),
      ] {
        let error = FileError(path: path, reason: reason)
        #expect(throws: error) { try ReplacedFile.write("x", to: path) }
        #expect(throws: error) { try ReplacedFile.writeByName(to: path) { _ in } }
      }
      let left = try names(in: folder)
      #expect(left == ["link", "pipe"])
    }
  }

  @Test("Where a link leads is replaced, and the link stays")
  func link() throws {
    try withTemporaryFolder { folder in
      try Folder.make("\(folder)/a/b")
      try ReplacedFile.write("old", to: "\(folder)/a/b/file")
      symlink("a/b/file", "\(folder)/link")
      try ReplacedFile.write("new", to: "\(folder)/link")
      #expect(try bytes(of: "\(folder)/a/b/file") == Array("new".utf8))
      #expect(try names(in: folder) == ["a", "link"])
      #expect(try names(in: "\(folder)/a/b") == ["file"])
    }
  }

  @Test("The longest name that a file may have is written, and one of several bytes a letter")
  func longNames() throws {
    try withTemporaryFolder { folder in
      for name in [String(repeating: "x", count: 255), String(repeating: "🦓", count: 63)] {
        try ReplacedFile.write("text", to: "\(folder)/\(name)")
        #expect(try bytes(of: "\(folder)/\(name)") == Array("text".utf8))
      }
    }
  }

  @Test(
    "A full disk is said, and nothing is left behind", .enabled(if: FileKind("/dev/full") != nil))
  func full() throws {
    // The device itself cannot be replaced; its error is what the system says of a full disk.
    let descriptor = open("/dev/full", O_WRONLY)
    defer { close(descriptor) }
    #expect([UInt8(1)].withUnsafeBytes { writeWhole($0, to: descriptor) } == false)
    #expect(errno == ENOSPC)
    #expect(
      FileError.diskFull("x").description
        == "x: the disk is full; nothing was written, make room and try again")
  }

  @Test("If the system refuses to write, the old file stays")
  func refusedBytes() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/file"
      try ReplacedFile.write("before", to: path)
      #expect(throws: FileError.self) {
        try ReplacedFile.write(to: path) { (file) throws(FileError) in
          // No memory is there to be written.
          try file.append(
            UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: 8), count: 100))
        }
      }
      #expect(try bytes(of: path) == Array("before".utf8))
      #expect(try names(in: folder) == ["file"])
    }
  }

  @Test("Folders are made with those above them, unless a file stands in the way")
  func folders() throws {
    try withTemporaryFolder { folder in
      for path in ["\(folder)/a/b/c", "\(folder)/a/b/c", "\(folder)/a/x/", "\(folder)//a/y"] {
        try Folder.make(path)
        #expect(FileKind(path) == .folder)
      }
      try ReplacedFile.write("", to: "\(folder)/file")
      for path in ["\(folder)/file", "\(folder)/file/a", "", "a\0"] {
        #expect(throws: FileError.self) { try Folder.make(path) }
      }
      #expect(throws: FileError.self) { try Folder.synchronise("\(folder)/none") }
    }
  }

  @Test("The folder of a path")
  func folderOfPath() {
    for (path, folder) in [
      ("a/b", "a"), ("/b", "/"), ("b", "."), ("a/b/", "a"), ("/", "/"), ("/a/b", "/a"), ("", "."),
    ] {
      #expect(path.folder == folder, "\(path)")
    }
  }
}
