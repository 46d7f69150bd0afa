import Importing
import KerasConverter
import Layers
import Mutations
import Tensors
import Testing

/// Files of every form that Keras has written, too many to keep with the package.
///
/// What is in them stands in variants.txt, made by h5py; the others are listed here with the reason for
/// which they are refused. Skipped where the folder beside the package is not there.
@Suite(.enabled(if: hasVariants)) struct VariantTests {
  struct Expected: Sendable {
    let parameter: ParameterSpecification
    let checksum: UInt32
  }

  /// The tensors of each file.
  static let expected: [(file: String, tensors: [Expected])] = {
    var files: [(file: String, tensors: [Expected])] = []
    for line in (try? lines(of: "variants.txt")) ?? [] {
      let fields = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
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

  /// The files that are refused, with a part of the reason.
  static let refusals = [
    ("m_soft.h5", "is not a file of weights, found an HDF5 file that holds model_weights, real"),
    ("m_dense_attr.h5", "' twice; the file is damaged"),
    ("m_lzf.h5", "is packed by the filter LZF, expected gzip, shuffle or fletcher32"),
    ("k3_int8.weights.h5", "expected float16, bfloat16, float32 or float64, found int8"),
  ]

  @Test("Every file of the folder is in the table or is refused")
  func whole() {
    let files = folder(variants).filter { !$0.hasSuffix(".txt") }
    #expect(Set(files) == Set(Self.expected.map(\.file) + Self.refusals.map(\.0)))
  }

  @Test(
    "Every tensor of every file has the numbers that h5py reads, and there are no others",
    arguments: expected)
  func numbers(file: String, tensors: [Expected]) throws {
    let keras = try KerasFile("\(variants)/\(file)")
    var stored = keras.tensors
    for expected in tensors {
      let parameter = expected.parameter
      let place = stored.firstIndex { tensor in
        tensor.layer == parameter.layer
          && ([tensor.variable] + tensor.otherVariables).contains(parameter.variable)
      }
      let tensor = stored.remove(at: try #require(place, "\(parameter)"))
      #expect(tensor.shape == parameter.shape)
      let values = tensor.layout.apply(to: try keras.read(tensor)).converted(to: .float32)
      #expect(checksum(values) == expected.checksum, "\(parameter)")
    }
    #expect(stored.map(\.name) == [])
  }

  @Test("Every file whose layers have names imports by them", arguments: expected)
  func imported(file: String, tensors: [Expected]) throws {
    let keras = try KerasFile("\(variants)/\(file)")
    guard keras.tensors.allSatisfy(\.isNamed) else { return }
    let (parameters, _) = try keras.parameters(needed: tensors.map(\.parameter), known: [])
    for tensor in tensors {
      let values = try #require(parameters[tensor.parameter.name])
      #expect(checksum(values) == tensor.checksum, "\(tensor.parameter.name)")
    }
  }

  @Test("The other files are refused with the reason", arguments: refusals)
  func refused(file: String, reason: String) {
    let error = failure {
      let keras = try KerasFile("\(variants)/\(file)")
      _ = try keras.parameters(needed: specifications(of: keras), known: [])
    }
    #expect(error?.contains(reason) == true, "\(error ?? "no error")")
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

/// Files that people hold, beside the package.
@Suite(.enabled(if: !folder(reals).isEmpty)) struct RealFileTests {
  @Test(
    "Real files of Keras 2 open, and every tensor of theirs can be read",
    arguments: [
      ("fer_mini_xception.hdf5", "Keras 2.0.5 whole model, legacy HDF5 layout, tensorflow"),
      ("mobilenet_1_0_224_imagenet.h5", "Keras 2.1.6 weights, legacy HDF5 layout, tensorflow"),
    ])
  func open(file: String, form: String) throws {
    let keras = try KerasFile("\(reals)/\(file)")
    #expect(keras.form == form)
    let needed = keras.tensors.map { parameter($0.name, $0.shape) }
    let (parameters, report) = try keras.parameters(needed: needed, known: [])
    #expect(parameters.count == needed.count)
    #expect(report.warnings == [])
  }
}

private let reals = variants + "/../real"
