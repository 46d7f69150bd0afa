import Foundation
import Importing
import Layers
import PyTorchConverter
import Safetensors
import Tensors

private let here = URL(filePath: #filePath).deletingLastPathComponent()

/// The path of one of this target's fixtures.
func fixture(_ name: String) -> String { here.appending(path: "Fixtures/\(name)").path }

/// The lines of a fixture, in words.
func words(of name: String) throws -> [[String]] {
  try String(contentsOfFile: fixture(name), encoding: .utf8).split(separator: "\n").map {
    $0.split(separator: " ").map(String.init)
  }
}

/// The parameters that `make_fixtures.py` wrote down for a network: names and shapes of Keras's,
/// and the numbers in Keras's order.
func expected(_ name: String) throws -> [(parameter: ParameterSpecification, floats: [Float])] {
  try words(of: name).map { words in
    let slash = words[0].lastIndex(of: "/") ?? words[0].startIndex
    let specification = ParameterSpecification(
      layer: String(words[0][..<slash]), variable: String(words[0][slash...].dropFirst()),
      shape: words[1].split(separator: ",").compactMap { Int($0) })
    return (specification, words[2...].compactMap { Float($0) })
  }
}

/// Opens a checkpoint of PyTorch's or safetensors, whichever it is.
func open(_ path: String) throws -> PyTorchFile {
  SafetensorsFile.recognises(path)
    ? try PyTorchFile(SafetensorsFile(path)) : try PyTorchFile(path)
}
