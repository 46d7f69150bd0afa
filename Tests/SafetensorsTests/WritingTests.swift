import Foundation
import Importing
import Layers
import Mutations
import Safetensors
import Tensors
import Testing

@Suite struct WritingTests {
  private var parameters: Parameters {
    var parameters = Parameters()
    parameters["conv1/bias"] = Tensor(shape: [2], values: [0.5, -1])
    parameters["conv1/kernel"] = Tensor(
      shape: [1, 2, 3, 2], values: (0..<12).map { Float($0) })
    return parameters
  }

  @Test("What is written equals what the library itself writes, byte for byte")
  func library() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/x.safetensors"
      try SafetensorsWriter(metadata: ["network": "resnet50 \"1\"\n"]).write(parameters, to: path)
      #expect(try bytes(of: path) == bytes(of: fixture("float32.safetensors")))
      try SafetensorsWriter(precision: .float16).write(parameters, to: path)
      #expect(try bytes(of: path) == bytes(of: fixture("float16.safetensors")))
    }
  }

  @Test("What is written is read again, with texts of any characters")
  func roundTrip() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/x.safetensors"
      var parameters = parameters
      parameters["odd \"name\"\u{1}/ü"] = Tensor(shape: [], values: [7])
      parameters["empty/kernel"] = Tensor(shape: [0, 5], values: [])
      let metadata = ["variant": "torchvision", "a\\b": "\u{1F}\t\"😀", "": ""]
      try SafetensorsWriter(metadata: metadata).write(parameters, to: path)
      let file = try SafetensorsFile(path)
      #expect(file.metadata == metadata && file.variant == .torchvision)
      #expect(file.tensors.map(\.name) == parameters.names)
      for stored in file.tensors {
        #expect(try file.read(stored).floats == parameters[stored.name]?.floats)
      }
      try SafetensorsWriter().write(Parameters(), to: path)
      #expect(try SafetensorsFile(path).tensors == [])
    }
  }

  @Test("A number beyond float16 is refused, and the file that was there stays")
  func overflow() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/x.safetensors"
      try SafetensorsWriter().write(parameters, to: path)
      let before = try bytes(of: path)
      var large = parameters
      large["conv2/kernel"] = Tensor(shape: [1], values: [70000])
      #expect(
        failure { try SafetensorsWriter(precision: .float16).write(large, to: path) }
          == "\(path): expected numbers up to 65504 in conv2/kernel for float16, found larger ones; "
          + "store float32")
      #expect(try bytes(of: path) == before)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["x.safetensors"])
    }
  }

  @Test("What cannot be written says why, and leaves nothing behind")
  func unwritable() throws {
    try withTemporaryFolder { folder in
      func failed(_ path: String) -> String? {
        failure { try SafetensorsWriter().write(parameters, to: path) }
      }
      #expect(
        failed("\(folder)/none/x")
          == "\(folder)/none/x: there is no folder \(folder)/none; create it first")
      #expect(
        failed(folder) == "\(folder): is a folder, expected a file; choose another name")
      #expect(failed("/dev/null")?.contains("is a pipe or device") == true)
      #expect(failed("") == ": is not a name of a file; choose another name")
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left == [])
    }
  }

  @Test("Through a symbolic link, the file that it leads to is replaced and the link stays")
  func links() throws {
    try withTemporaryFolder { folder in
      try write([1], to: "\(folder)/real")
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/link", withDestinationPath: "\(folder)/real")
      try SafetensorsWriter().write(parameters, to: "\(folder)/link")
      #expect(try SafetensorsFile("\(folder)/real").tensors.count == 2)
      #expect(
        try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/link")
          == "\(folder)/real")
    }
  }
}
