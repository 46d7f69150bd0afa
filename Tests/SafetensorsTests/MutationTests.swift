import Importing
import Mutations
import Safetensors
import Tensors
import Testing

@Suite struct MutationTests {
  @Test(
    "Damage is an error or describes tensors within the file",
    arguments: ["types.safetensors", "float32.safetensors"])
  func mutations(name: String) throws {
    let content = try bytes(of: fixture(name))
    let specimen = Specimen(content)
    var generator = SeededGenerator(seed: UInt64(content.count))
    var refused = 0
    try withTemporaryFolder { folder in
      let path = "\(folder)/damaged"
      for round in 0..<400 {
        let damaged = specimen.mutant(using: &generator)
        try write(damaged, to: path)
        do {
          let file = try SafetensorsFile(path)
          for tensor in file.tensors where tensor.elementType != nil {
            #expect(try file.read(tensor).byteCount <= damaged.count)
          }
        } catch {
          let message = "\(error)"
          #expect(message.hasPrefix(path) && !message.contains("\n"), "\(round): \(message)")
          refused += 1
        }
      }
    }
    #expect(refused > 150)
  }
}
