import Foundation
import Importing
import Mutations
import Tensors
import Testing
import WeightFormats

/// Files in HDF5's newer form that a fuzzer found or led to; `make_fixtures.py` says what each is.
@Suite("Forged HDF5 files of the newer form")
struct ForgedHDF5Tests {
  @Test("The whole file of that form is read")
  func whole() throws {
    let file = try WeightFormats.open(fixture("WeightFormatsTests/newer.weights.h5"))
    #expect(file.tensors.map(\.storedShape) == [[2, 3], [3]])
    for tensor in file.tensors {
      let numbers = try file.read(tensor).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
      #expect(numbers == numbers.indices.map(Float.init))
    }
  }

  @Test(
    "A group of members that are nowhere, and groups in a circle, are refused",
    arguments: [
      ("many_links", "libhdf5 refuses an object in it"),
      ("circle", "has groups within groups without end"),
    ])
  func refused(name: String, reason: String) throws {
    let path = fixture("WeightFormatsTests/\(name).weights.h5")
    let message = try #require(failure { try WeightFormats.open(path) })
    #expect(message.hasPrefix("\(path): \(reason)"), "\(message)")
  }

  @Test("Arrays that lie as far out as numbers go are compared without overflow")
  func farIntegers() throws {
    let path = fixture("WeightFormatsTests/far_integers.weights.h5")
    let message = try #require(failure { try WeightFormats.open(path) })
    #expect(message.contains("shares bytes with /layers/dense/vars/0"), "\(message)")
  }

  @Test("A name with control characters is shown without them")
  func names() {
    let error = ImportError.damaged(file: "f", object: "a\u{1B}[2J\nb\u{202E}", reason: "is odd")
    #expect(
      error.description
        == "f:a?[2J?b?: is odd; the file is damaged, copy or download it again")
  }
}
