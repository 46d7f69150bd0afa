import Importing
import Mutations
import Tensors
import Testing
import WeightFormats

/// What a file is shows in its bytes; its name says nothing.
@Suite("Telling the forms of files apart")
struct RecognitionTests {
  @Test(
    "A file is recognised by its content under any name",
    arguments: [
      ("KerasConverterTests/keras2_weights.h5", "Keras 2", "legacy HDF5 layout"),
      ("KerasConverterTests/keras0.h5", "Keras 0", "numbered HDF5 layout"),
      ("KerasConverterTests/keras3.weights.h5", "Keras", "Keras 3 HDF5 layout"),
      ("KerasConverterTests/keras3.keras", "Keras 3", "archive (.keras)"),
      ("PyTorchConverterTests/vgg.pth", "PyTorch", ""),
      ("PyTorchConverterTests/resnet_basic_legacy.pth", "PyTorch", ""),
      ("PyTorchConverterTests/resnet_basic_protocol5.pth", "PyTorch", ""),
      ("SafetensorsTests/float32.safetensors", "safetensors", ""),
      ("TensorFlowConverterTests/slim1.ckpt", "TensorFlow checkpoint", "version 1"),
      ("TensorFlowConverterTests/slim.pb", "TensorFlow graph", "frozen"),
    ])
  func anyName(file: String, kind: String, detail: String) throws {
    let original = try WeightFormats.open(fixture(file))
    #expect(!original.tensors.isEmpty)
    try withTemporaryFolder { folder in
      for name in [
        "weights", "x.h5", "x.keras", "x.pth", "x.safetensors", "x.ckpt", "x.pb",
        "x.weights.json", "x.data-00000-of-00001",
      ] {
        let path = "\(folder)/\(name)"
        try copy(file, to: path)
        let opened = try WeightFormats.open(path)
        #expect(opened.path == path)
        #expect(opened.form.hasPrefix(kind) && opened.form.contains(detail), "\(opened.form)")
        #expect(opened.tensors == original.tensors, "\(name)")
      }
    }
  }

  @Test("Keras's parts are found through their index, whatever that is called")
  func parts() throws {
    try withTemporaryFolder { folder in
      let parts = "keras3_parts"
      for part in ["_00000.weights.h5", "_00001.weights.h5"] {
        try copy("KerasConverterTests/\(parts)\(part)", to: "\(folder)/\(parts)\(part)")
      }
      let path = "\(folder)/index"
      try copy("KerasConverterTests/\(parts).weights.json", to: path)
      let file = try WeightFormats.open(path)
      #expect(file.form.contains("2 parts"), "\(file.form)")
      for tensor in file.tensors { #expect(try file.read(tensor).shape == tensor.storedShape) }
    }
  }

  @Test("A checkpoint of TensorFlow is found from each of its files, their prefix and their folder")
  func checkpointPlaces() throws {
    try withTemporaryFolder { folder in
      for ending in ["index", "data-00000-of-00001"] {
        try copy(
          "TensorFlowConverterTests/slim.ckpt.\(ending)", to: "\(folder)/slim.ckpt.\(ending)")
      }
      try write("model_checkpoint_path: \"slim.ckpt\"\n".utf8, to: "\(folder)/checkpoint")
      let expected = try WeightFormats.open("\(folder)/slim.ckpt").tensors
      #expect(!expected.isEmpty)
      for path in [
        "\(folder)/slim.ckpt.index", "\(folder)/slim.ckpt.data-00000-of-00001", folder,
        "\(folder)/",
      ] {
        #expect(try WeightFormats.open(path).tensors == expected, "\(path)")
      }
    }
    let saved = try WeightFormats.open(fixture("TensorFlowConverterTests/saved_model"))
    #expect(saved.form.hasPrefix("TensorFlow"))
  }
}
