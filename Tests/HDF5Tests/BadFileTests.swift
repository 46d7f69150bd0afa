import Foundation
import HDF5
import Testing

@Suite struct BadFileTests {
  @Test("A file that is not there is said not to be there")
  func missing() {
    #expect(
      failure { try HDF5File(reading: "/nowhere/file.h5") }
        == "/nowhere/file.h5: there is no such file; check the path")
  }

  @Test("A folder and a device are told from a file")
  func otherThings() throws {
    try withTemporaryFolder { folder in
      #expect(
        failure { try HDF5File(reading: folder) }
          == "\(folder): is a folder, expected a file; name a file in it"
      )
    }
    #expect(
      failure { try HDF5File(reading: "/dev/null") }
        == "/dev/null: is a pipe or device, expected a file; copy its content to a file first")
  }

  @Test("An empty file and a file of other content are told apart")
  func otherContent() throws {
    try withFile([]) { path in
      #expect(
        failure { try HDF5File(reading: path) }
          == "\(path): the file is empty, expected an HDF5 file")
    }
    for content in [Array("{}".utf8), Array(repeating: 0, count: 5000)] as [[UInt8]] {
      try withFile(content) { path in
        #expect(
          failure { try HDF5File(reading: path) }
            == "\(path): is not an HDF5 file (it does not begin with HDF5's signature)")
      }
    }
  }

  @Test(
    "A file that may not be read is refused with the system's reason", .enabled(if: getuid() != 0))
  func forbidden() throws {
    try withFile([0]) { path in
      chmod(path, 0)
      #expect(failure { try HDF5File(reading: path) } == "\(path): Permission denied (open)")
    }
  }

  @Test("A file cut short anywhere is refused", arguments: ["kinds.h5", "newer.h5"])
  func truncated(file: String) throws {
    let whole = try bytes(of: fixture(file))
    for length in stride(from: 1, to: whole.count, by: 509) {
      try withFile(Array(whole[..<length])) { path in
        let reason = failure { try HDF5File(reading: path) }
        #expect(reason?.hasPrefix("\(path): ") == true, "\(length) bytes")
      }
    }
    try withFile(Array(whole.dropLast())) { path in
      let reason = try #require(failure { try HDF5File(reading: path) })
      #expect(reason.contains("cut short") || reason.contains("truncated file"))
    }
  }

  @Test("A user's block before the file is skipped")
  func userBlock() throws {
    let whole = try bytes(of: fixture("newer.h5"))
    try withFile(Array(repeating: 0, count: 512) + whole) { path in
      // The newer form's addresses count from its start, which it also names.
      #expect(failure { try HDF5File(reading: path).read("/shapes/scalar") } == nil)
    }
  }
}
