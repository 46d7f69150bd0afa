import Importing
import Mutations
import Testing

@testable import TensorFlowConverter

/// Files with some bytes changed: each must be read or refused, never end the process.
@Suite("Damaged files of TensorFlow")
struct MutationTests {
  @Test(
    "Changed, cut and repeated bytes lead to an error or to numbers",
    arguments: ["types.ckpt", "objects", "slim1.ckpt", "types1.ckpt", "types.pb", "slim.pb"])
  func mutations(name: String) throws {
    var generator = SeededGenerator(seed: 7)
    try Fixture.withFolder { folder in
      let isBundle = !name.hasSuffix("1.ckpt") && !name.hasSuffix(".pb")
      if isBundle { Fixture.copy(name, into: folder) }
      let target = isBundle ? "\(name).index" : name
      let specimen = Specimen(Fixture.bytes(Fixture.path(target)))
      for _ in 0..<200 {
        Fixture.write(specimen.mutant(using: &generator), to: "\(folder)/\(target)")
        readAll("\(folder)/\(name)")
      }
    }
  }

  private func readAll(_ path: String) {
    if let file = try? TensorFlowCheckpoint(path) {
      for tensor in file.tensors { _ = try? file.read(tensor) }
    }
    if let file = try? FrozenGraph(path) {
      for tensor in file.tensors { _ = try? file.read(tensor) }
    }
  }

  @Test("A shape beyond any memory is refused before memory is taken")
  func forgedShape() throws {
    // A node "w/weights" with a float constant of shape [2⁶², 2⁶²].
    func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
      [number << 3 | 2, UInt8(content.count)] + content
    }
    func graph(_ extent: [UInt8]) -> [UInt8] {
      let dimension = field(2, [8] + extent)
      let tensor = [8, 1] + field(2, dimension + dimension) + field(5, [0, 0, 128, 63])
      let node =
        field(1, Array("w/weights".utf8)) + field(2, Array("Const".utf8))
        + field(5, field(1, Array("value".utf8)) + field(2, field(8, tensor)))
      return field(1, node)
    }
    try Fixture.withFolder { folder in
      let path = "\(folder)/forged.pb"
      let huge: [UInt8] = [UInt8](repeating: 0x80, count: 8) + [0x40]
      for (extent, reason) in [
        (huge, "the shape is beyond any memory"),
        ([0x80, 0x80, 0x40], "one number stands for"),
      ] {
        Fixture.write(graph(extent), to: path)
        do {
          _ = try FrozenGraph(path)
          Issue.record("no error for \(extent)")
        } catch { #expect("\(error)".contains(reason), "\(error)") }
      }
      Fixture.write(graph([2]), to: path)
      let file = try FrozenGraph(path)
      #expect(try file.numbers("w/kernel") == [1, 1, 1, 1])
    }
  }
}
