import Importing
import KerasConverter
import Layers
import Tensors
import Testing

/// Files of every form that Keras has written, too many to keep with the package.
///
/// What is in them stands in variants.txt, made by h5py. Skipped where the folder beside the package
/// is not there.
@Suite(.enabled(if: hasVariants)) struct VariantTests {
  struct Expected: Sendable {
    let parameter: ParameterSpecification
    let checksum: UInt32
  }

  /// The tensors of each file.
  static let expected: [(file: String, tensors: [Expected])] = {
    var files: [(file: String, tensors: [Expected])] = []
    for line in (try? lines(of: "variants.txt")) ?? [] {
      let fields = line.split(separator: " ").map(String.init)
      let shape = fields[2].split(separator: "x").compactMap { Int($0) }
      let tensor = Expected(
        parameter: KerasConverterTests.parameter(fields[1], shape),
        checksum: UInt32(fields[3], radix: 16) ?? 0)
      if files.last?.file == fields[0] {
        files[files.count - 1].tensors.append(tensor)
      } else {
        files.append((fields[0], [tensor]))
      }
    }
    return files
  }()

  @Test("Every tensor of every file has the numbers that h5py reads", arguments: expected)
  func numbers(file: String, tensors: [Expected]) throws {
    let needed = tensors.map(\.parameter)
    let (parameters, _) = try KerasFile("\(variants)/\(file)").parameters(needed: needed, known: [])
    for tensor in tensors {
      let values = try #require(parameters[tensor.parameter.name])
      #expect(checksum(values) == tensor.checksum, "\(tensor.parameter.name)")
    }
  }

  @Test(
    "The other files are refused with the reason",
    arguments: [
      ("m_keras0.h5", "a weight file of Keras before version 1"),
      ("m_keras1_th.h5", "made on Theano"), ("m_soft.h5", "holds model_weights, real"),
      ("m_dense_attr.h5", "' twice; the file is damaged"), ("k2.keras", "a Keras 3 archive"),
      ("k3_sharded.weights.json", "the index of Keras 3 weights in several files"),
      ("k3_named.weights.h5", "a Keras 3 weight file"), ("k2_v3fmt.weights.h5", "a Keras 3 weight"),
      ("k3_subclass.weights.h5", "a Keras 3 weight file"),
    ])
  func refused(file: String, reason: String) {
    let error = failure { try KerasFile("\(variants)/\(file)") }
    #expect(error?.contains(reason) == true, "\(error ?? "no error")")
  }

  @Test("A filter of h5py's own is refused by name")
  func lzf() throws {
    let file = try KerasFile("\(variants)/m_lzf.h5")
    let error = failure { try file.parameters(needed: specifications(of: file), known: []) }
    #expect(error?.contains("is packed by the filter LZF") == true)
  }

  /// The CRC-32 of a tensor's bytes.
  private func checksum(_ tensor: Tensor) -> UInt32 {
    tensor.withUnsafeBytes { bytes in
      ~bytes.reduce(UInt32.max) { sum, byte in
        (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in
          sum >> 1 ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0)
        }
      }
    }
  }
}
