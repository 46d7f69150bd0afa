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
    let (noticed, complaints) = try Specimen(content).readMutants(
      rounds: 400, seed: UInt64(content.count)
    ) { path, byteCount in
      let file = try SafetensorsFile(path)
      for tensor in file.tensors where tensor.elementType != nil {
        #expect(try file.read(tensor).byteCount <= byteCount)
      }
      return true
    }
    #expect(noticed > 150)
    #expect(complaints.isEmpty, "\(complaints)")
  }
}
