import Importing
import Layers
import Tensors
import Testing

@testable import TensorFlowConverter

@Suite("Frozen graphs of TensorFlow")
struct FrozenGraphTests {
  @Test("Every type and every way of storing numbers gives them exactly")
  func types() throws {
    let file = try FrozenGraph(Fixture.path("types.pb"))
    #expect(
      file.tensors.map(\.name) == [
        "conv1/kernel", "conv1/bias", "conv1_bn/gamma", "conv1_bn/beta",
      ])
    #expect(file.tensors.map(\.elementType) == [.float32, .float64, .float16, .bfloat16])
    for (index, name) in ["conv1/kernel", "conv1/bias", "conv1_bn/gamma"].enumerated() {
      let count = index == 0 ? 72 : 4
      #expect(try file.numbers(name) == Fixture.numbers(count, variable: index), "\(name)")
    }
    // One number for all four.
    #expect(try file.numbers("conv1_bn/beta") == [1.5, 1.5, 1.5, 1.5])
    #expect(file.form == "TensorFlow graph, frozen")
  }

  @Test("Constants have the names of slim's variables")
  func slim() throws {
    let file = try FrozenGraph(Fixture.path("slim.pb"))
    let checkpoint = try TensorFlowCheckpoint(Fixture.path("slim.ckpt"))
    #expect(file.tensors.map(\.name).sorted() == checkpoint.tensors.map(\.name).sorted())
    for tensor in file.tensors {
      // The graph was frozen without its moving averages, which the checkpoint is read with.
      let expected =
        tensor.name == "conv1_conv/kernel"
        ? Fixture.numbers(7 * 7 * 3 * 4, variable: 0) : try checkpoint.numbers(tensor.name)
      #expect(try file.read(tensor).floats == expected)
    }
    #expect(file.variant == .slim)
  }

  @Test("What is no frozen graph is refused with the reason")
  func refusals() throws {
    func message(_ path: String) -> String {
      do {
        _ = try FrozenGraph(path)
        return "no error"
      } catch { return "\(error)" }
    }
    #expect(message(Fixture.path("unfrozen.pb")).contains("without the values of its variables"))
    #expect(message(Fixture.path("frozen2.pb")).contains("frozen by TensorFlow 2"))
    #expect(message(Fixture.path("types.ckpt.index")).contains("is not a file of weights"))
    #expect(message(Fixture.path("make_fixtures.py")).contains("is not a file of weights"))
    #expect(message(Fixture.path("nothing")).contains("no such file"))
    #expect(message(Fixture.path("saved_model/saved_model.pb")).contains("pass the folder"))
    #expect(FrozenGraph.isRecognized(Fixture.path("slim.pb")))
    #expect(!FrozenGraph.isRecognized(Fixture.path("slim1.ckpt")))
    try Fixture.withFolder { folder in
      let path = "\(folder)/cut.pb"
      Fixture.write(Array(Fixture.bytes(Fixture.path("slim.pb")).dropLast(100)), to: path)
      #expect(message(path).contains("damaged"))
    }
  }
}
