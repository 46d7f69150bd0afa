import Foundation
import HDF5
import Importing
import KerasConverter
import Mutations
import Testing

@Suite struct RecognitionTests {
  @Test("A file is recognised by its content, whatever its name")
  func misleadingNames() throws {
    try withTemporaryFolder { folder in
      let model = "\(folder)/model.keras"
      try FileManager.default.copyItem(atPath: fixture("keras2_weights.h5"), toPath: model)
      #expect(try KerasFile(model).weights.count == 19)
      let archive = "\(folder)/archive.h5"
      try FileManager.default.copyItem(atPath: fixture("keras3.keras"), toPath: archive)
      #expect(try KerasFile(archive).form == "Keras 3.15.1 whole model, archive (.keras)")
    }
  }

  @Test(
    "Files that are not Keras's are refused by what they are",
    arguments: [
      ("{\"images\": []}", "is not a file of weights, found JSON text without Keras's weight_map"),
      ("{", "is not a file of weights, found JSON text without Keras's weight_map"),
      ("PK\u{3}\u{4}…readme.txt…", "does not end with a directory; the file is damaged"),
      ("P", "is not an HDF5 file (it does not begin with HDF5's signature)"),
      ("", "the file is empty, expected an HDF5 file"),
    ])
  func otherFiles(content: String, reason: String) throws {
    try withTemporaryFolder { folder in
      try write(Array(content.utf8), to: "\(folder)/file.h5")
      let error = failure { try KerasFile("\(folder)/file.h5") }
      #expect(error?.hasPrefix("\(folder)/file.h5") == true, "\(error ?? "")")
      #expect(error?.contains(reason) == true, "\(error ?? "")")
    }
  }

  @Test("A folder, a missing file and TensorFlow's SavedModel are told apart")
  func folders() throws {
    #expect(
      failure { try KerasFile("/nowhere/x.h5") }
        == "/nowhere/x.h5: there is no such file; check the path")
    try withTemporaryFolder { folder in
      #expect(
        failure { try KerasFile(folder) }
          == "\(folder): is a folder, expected a file; name a file in it")
      try write([], to: "\(folder)/saved_model.pb")
      #expect(
        failure { try KerasFile(folder) }?.contains("is a folder of TensorFlow's SavedModel")
          == true
      )
    }
  }

  @Test("An HDF5 file without layers is refused by what it holds")
  func otherHDF5() throws {
    let path = fixture("other.h5")
    #expect(
      failure { try KerasFile(path) }
        == "\(path): is not a file of weights, found an HDF5 file that holds images; "
        + "pass what Keras, PyTorch or TensorFlow wrote")
    try withTemporaryFolder { folder in
      let empty = "\(folder)/empty.h5"
      try HDF5File.write(to: empty) { _ in }
      #expect(failure { try KerasFile(empty) }?.contains("an HDF5 file that is empty") == true)
    }
  }

  @Test("A quantised tensor is refused by its type")
  func quantised() throws {
    let path = fixture("keras2_int8.h5")
    #expect(
      failure {
        try KerasFile(path).parameters(needed: [parameter("conv/kernel", [3, 3, 3, 4])], known: [])
      }
        == "\(path):/conv/conv/kernel:0: expected float16, bfloat16, float32 or float64, "
        + "found int8; save the model unquantised")
  }
}
