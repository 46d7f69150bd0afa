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
    let specimen = Specimen(content)
    var generator = SeededGenerator(seed: UInt64(content.count))
    var refused = 0
    try withTemporaryFolder { folder in
      let path = "\(folder)/damaged"
      for round in 0..<100 {
        let bytes = specimen.mutant(using: &generator)
        try write(bytes, to: path)
        do {
          let damaged = try open(path)
          for tensor in damaged.tensors where tensor.elementType != nil {
            let numbers = try damaged.read(tensor)
            #expect(numbers.byteCount <= bytes.count, "round \(round)")
          }
          if damaged.tensors != original { refused += 1 }
        } catch {
          let message = "\(error)"
          #expect(message.hasPrefix(path) && !message.contains("\n"), "round \(round): \(message)")
          refused += 1
        }
      }
    }
    #expect(refused > 20)
  }
}
