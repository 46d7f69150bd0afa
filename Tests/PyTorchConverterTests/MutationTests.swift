import Importing
import Layers
import Mutations
import PyTorchConverter
import Safetensors
import Tensors
import Testing

/// Damaged files: an error or numbers, never the end of the program, and never more memory than the
/// file gives reason for.
@Suite struct MutationTests {
  @Test(
    "Damage never brings the program down",
    arguments: [
      "kinds.pth", "kinds_legacy.pth", "vgg.pth", "zip64.pth", "resnet_basic_legacy4.pth",
      "resnet_basic_protocol5.pth", "resnet_basic.safetensors",
    ])
  func mutations(file: String) throws {
    let content = try bytes(of: fixture(file))
    let original = try open(fixture(file)).tensors
    let (noticed, complaints) = try Specimen(content).readMutants(
      rounds: 100, seed: UInt64(content.count)
    ) { path, byteCount in
      let damaged = try open(path)
      for tensor in damaged.tensors where tensor.elementType != nil {
        #expect(try damaged.read(tensor).byteCount <= byteCount)
      }
      return damaged.tensors == original
    }
    #expect(noticed > 20)
    #expect(complaints.isEmpty, "\(complaints)")
  }
}
