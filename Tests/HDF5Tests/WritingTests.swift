import Foundation
import HDF5
import Tensors
import Testing

@Suite struct WritingTests {
  @Test("Tensors of every type come back as they were", arguments: ElementType.allCases)
  func tensors(type: ElementType) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/out.h5"
      let tensor = Tensor(shape: [2, 3], values: [0, -1, 0.5, 65504, 6.1e-5, 2]).converted(to: type)
      try HDF5File.write(to: path) { file in
        try file.write(tensor, at: "/a/b/tensor")
        try file.write(Tensor(shape: [], values: [3]), at: "scalar")
        try file.write(Tensor(shape: [0, 2], values: []), at: "empty")
      }
      let file = try HDF5File(reading: path)
      let back = try file.read("/a/b/tensor")
      #expect(back.elementType == type)
      #expect(back.shape == [2, 3])
      #expect(back.floats == tensor.floats)
      guard case .contiguous(.some) = try file.describe("/a/b/tensor").storage else {
        Issue.record("expected the numbers in one piece")
        return
      }
      #expect(try file.read("scalar").shape == [])
      #expect(try file.read("scalar").floats == [3])
      #expect(try file.read("empty").shape == [0, 2])
    }
  }

  /// A file is opened with the help of a child process, which inherits what others are writing.
  @Test("A file that is written while others are opened is whole")
  func whileOthersAreOpened() throws {
    try withTemporaryFolder { folder in
      let tensor = Tensor(shape: [8], values: [0, 1, 2, 3, 4, 5, 6, 7])
      let names = (0..<40).map { "group\($0)/tensor" }
      @Sendable func write(_ path: String) throws {
        try HDF5File.write(to: path) { file in
          for name in names {
            try file.write(tensor, at: name)
            try file.setAttribute("name", of: name, to: name)
          }
        }
      }
      try write("\(folder)/read.h5")
      var failures: [[String]] = [[], []]
      failures.withUnsafeMutableBufferPointer { failures in
        nonisolated(unsafe) let failures = failures
        DispatchQueue.concurrentPerform(iterations: 2) { worker in
          for round in 0..<20 {
            do {
              let path = worker == 0 ? "\(folder)/read.h5" : "\(folder)/\(round).h5"
              if worker == 1 { try write(path) }
              let file = try HDF5File(reading: path)
              for name in names where try file.read(name).floats != tensor.floats {
                failures[worker].append("\(path): other numbers in \(name)")
              }
            } catch {
              failures[worker].append("\(error)")
            }
          }
        }
      }
      #expect(failures == [[], []])
    }
  }

  @Test("Attributes come back as they were")
  func attributes() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/out.h5"
      try HDF5File.write(to: path) { file in
        try file.createGroup("group")
        try file.setAttribute("text", of: "group", to: "größe")
        try file.setAttribute("no text", of: "/", to: "")
        try file.setAttribute("texts", of: "/", to: ["a", "", "long"])
        try file.setAttribute("none", of: "/", to: [String]())
        try file.setAttribute("numbers", of: "/", to: [0.5, -1])
        try file.setAttribute("integers", of: "/", to: [Int.min, 7])
      }
      let file = try HDF5File(reading: path)
      #expect(try file.strings("text", of: "group") == ["größe"])
      #expect(try file.strings("no text", of: "/") == [""])
      #expect(try file.strings("texts", of: "/") == ["a", "", "long"])
      #expect(try file.strings("none", of: "/") == [])
      #expect(try file.numbers("numbers", of: "/") == [0.5, -1])
      #expect(try file.integers("integers", of: "/") == [Int.min, 7])
    }
  }

  @Test("The same content gives the same bytes")
  func reproducible() throws {
    try withTemporaryFolder { folder in
      for name in ["one", "two"] {
        try HDF5File.write(to: "\(folder)/\(name)") { file in
          try file.write(Tensor(shape: [3], values: [1, 2, 3]), at: "a/b")
          try file.setAttribute("texts", of: "a", to: ["x", "y"])
        }
      }
      #expect(try bytes(of: "\(folder)/one") == bytes(of: "\(folder)/two"))
    }
  }

  @Test("A failure leaves the old file and nothing else")
  func failureLeavesNothing() throws {
    struct Stop: Error {}
    try withTemporaryFolder { folder in
      let path = "\(folder)/out.h5"
      try Data("old".utf8).write(to: URL(filePath: path))
      #expect(throws: Stop.self) {
        try HDF5File.write(to: path) { file in
          try file.write(Tensor(zeros: [1000]), at: "a")
          throw Stop()
        }
      }
      #expect(try bytes(of: path) == Array("old".utf8))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["out.h5"])
    }
  }

  @Test("A path that is taken, too long a list and a missing folder are refused by name")
  func refusals() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/out.h5"
      func reason(_ content: (HDF5Writer) throws -> Void) -> String? {
        failure { try HDF5File.write(to: path, content) }
      }
      let one = Tensor(shape: [1], values: [1])
      let twice = reason { file in
        try file.write(one, at: "a")
        try file.write(one, at: "a")
      }
      #expect(twice?.hasPrefix("\(path):a: ") == true)
      let within = reason { file in
        try file.write(one, at: "a")
        try file.write(one, at: "a/b")
      }
      #expect(within?.hasPrefix("\(path):a/b: ") == true)
      let long = reason { file in
        let names = Array(repeating: String(repeating: "x", count: 10), count: 6452)
        try file.setAttribute("names", of: "/", to: names)
      }
      #expect(long == "\(path):/@names: takes 64520 bytes, expected at most 64512")
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left == [])
    }
    #expect(
      failure { try HDF5File.write(to: "/nowhere/out.h5") { _ in } }
        == "/nowhere/out.h5: there is no folder /nowhere; create it first")
  }

  @Test("A folder in the file's place is refused and left alone")
  func folderInPlace() throws {
    try withTemporaryFolder { folder in
      try FileManager.default.createDirectory(
        atPath: "\(folder)/out.h5", withIntermediateDirectories: false)
      let reason = failure { try HDF5File.write(to: "\(folder)/out.h5") { _ in } }
      #expect(
        reason
          == "\(folder)/out.h5: is a folder, expected a file; choose another name")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["out.h5"])
    }
  }

  @Test("A device is not replaced")
  func device() {
    let reason = failure { try HDF5File.write(to: "/dev/null") { _ in } }
    #expect(reason?.hasPrefix("/dev/null: is a pipe or device, which cannot be replaced") == true)
  }
}
