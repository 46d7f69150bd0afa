import Importing
import Layers
import Mutations
import PyTorchConverter
import Tensors
import Testing

/// Tensors of every type, and every way of walking over a storage.
@Suite struct TensorKindTests {
  @Test(
    "Types, strides, offsets and shared storages are read as PyTorch has them",
    arguments: ["kinds.pth", "kinds_legacy.pth"])
  func kinds(name: String) throws {
    let file = try PyTorchFile(fixture(name))
    let tensors = Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.path, $0) })
    let lines = try words(of: "kinds.txt")
    #expect(lines.count == tensors.count)
    for words in lines {
      let stored = try #require(tensors[words[0]])
      #expect(stored.typeName == words[1])
      #expect(
        stored.storedShape == words[2].split(separator: ",").compactMap { Int($0) }, "\(words[0])")
      #expect(stored.elementType == ElementType(rawValue: words[1]))
      if stored.elementType == nil {
        #expect(
          failure { try file.read(stored) }?.contains(
            "expected float16, bfloat16, float32 or float64, found \(words[1])") == true)
      } else {
        let tensor = try file.read(stored)
        #expect(tensor.elementType == stored.elementType && tensor.shape == stored.storedShape)
        #expect(tensor.floats == words.dropFirst(3).compactMap { Float($0) }, "\(words[0])")
      }
    }
  }

  @Test("Names of an unknown model stay, but for what Keras calls variables")
  func names() throws {
    let file = try PyTorchFile(fixture("kinds.pth"))
    #expect(file.variant == .torchvision)
    #expect(file.tensors.map(\.layer).prefix(2) == ["half", "bfloat16"])
    #expect(file.tensors.allSatisfy { $0.variable == "x" && $0.layout == .keras })
  }
}
