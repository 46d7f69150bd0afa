import Foundation
import Importing
import Mutations
import PyTorchConverter
import Testing

/// What is no dictionary of tensors is refused with the reason.
@Suite struct RefusalTests {
  @Test(
    "A pickle that asks for anything else than tensors is refused with its name",
    arguments: [
      ("command.pth", "a pickle with posix.system, which"),
      ("command_legacy.pth", "a pickle with posix.system, which"),
      ("whole_model.pth", "a pickle with torch.nn.modules.linear.Linear, which"),
      ("sparse.pth", "a pickle with torch._utils._rebuild_sparse_tensor, which"),
      ("numpy_scalar.pth", "a pickle with numpy"),
    ])
  func forbidden(file: String, reason: String) throws {
    let message = try #require(failure { try PyTorchFile(fixture(file)) })
    #expect(message.contains(reason), "\(message)")
    #expect(
      message.hasSuffix("save model.state_dict() alone, and beware of files from strangers"))
    #expect(!FileManager.default.fileExists(atPath: "/tmp/pytorch_fixture_was_executed"))
  }

  @Test(
    "What is not a model's tensors says what it is",
    arguments: [
      ("script.pt", "a TorchScript program"), ("deflated.pth", "with the compressed member"),
      ("list.pth", "found a PyTorch file of a list"),
      ("no_tensors.pth", "found a PyTorch file without a dictionary of tensors"),
      ("two_models.pth", "of several dictionaries (generator, critic)"),
      ("vgg_bn.pth", "torchvision's VGG with batch normalisation (vgg16_bn or vgg19_bn)"),
      ("kinds.txt", "found other content"),
      ("resnet_basic.safetensors", "found other content"),
    ])
  func others(file: String, reason: String) throws {
    let message = try #require(failure { try PyTorchFile(fixture(file)) })
    #expect(message.hasPrefix(fixture(file)) && message.contains(reason), "\(message)")
    #expect(!message.contains("\n"))
  }

  @Test("Files that cannot be read say why")
  func unreadable() throws {
    try withTemporaryFolder { folder in
      #expect(
        failure { try PyTorchFile("\(folder)/none.pth") }
          == "\(folder)/none.pth: there is no such file; check the path")
      #expect(
        failure { try PyTorchFile(folder) }
          == "\(folder): is a folder, expected a file; name a file in it")
      try write([], to: "\(folder)/empty.pth")
      #expect(failure { try PyTorchFile("\(folder)/empty.pth") }?.contains("an empty file") == true)
      #expect(!PyTorchFile.recognises("\(folder)/none.pth"))
    }
  }

  @Test("Checkpoints are recognised by what they begin with")
  func recognition() throws {
    let checkpoints = [
      "vgg.pth", "zip64.pth", "kinds_legacy.pth", "resnet_basic_legacy4.pth", "script.pt",
      "command.pth",
    ]
    for name in checkpoints { #expect(PyTorchFile.recognises(fixture(name)), "\(name)") }
    for name in ["resnet_basic.safetensors", "kinds.txt"] {
      #expect(!PyTorchFile.recognises(fixture(name)), "\(name)")
    }
  }
}
