import Foundation
import HDF5
import Importing
import KerasConverter
import Layers

private let here = URL(filePath: #filePath).deletingLastPathComponent()

/// The path of one of this target's fixtures.
func fixture(_ name: String) -> String { here.appending(path: "Fixtures/\(name)").path }

/// The lines of a fixture.
func lines(of name: String) throws -> [String] {
  try String(contentsOfFile: fixture(name), encoding: .utf8).split(separator: "\n").map(String.init)
}

/// A folder of larger test files beside the package, which may not be there.
let variants = here.appending(path: "../../../shared/keras/variants").standardized.path
let hasVariants = FileManager.default.fileExists(atPath: variants)

/// The numbers that `make_fixtures.py` gives a tensor.
func numbers(of parameter: ParameterSpecification) -> [Float] {
  let start = parameter.name.utf8.reduce(0) { $0 + Int($1) } % 97
  return (0..<parameter.count).map { Float(start + $0 % 64) }
}

func parameter(_ name: String, _ shape: [Int]) -> ParameterSpecification {
  let slash = name.lastIndex(of: "/") ?? name.startIndex
  return ParameterSpecification(
    layer: String(name[..<slash]), variable: String(name[slash...].dropFirst()), shape: shape)
}

/// All tensors of a file as what a network might need.
func specifications(of file: KerasFile) -> [ParameterSpecification] {
  file.weights.map { parameter($0.name, $0.dataset.shape) }
}

/// What an import throws as a report.
func failingReport(_ body: () throws -> Void) -> ImportReport? {
  do {
    try body()
  } catch ImportError.incomplete(_, let report) {
    return report
  } catch {}
  return nil
}

/// The names of the files in a folder.
func folder(_ path: String) -> [String] {
  (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
}
