import ArgumentParser
import Importing
import KerasConverter
import Layers
import Tensors

/// Which checkpoint.
struct WeightOptions: ParsableArguments {
  @Option(help: "A Keras checkpoint (.h5), imported by layer name.")
  var weights: String

  /// Reads what a network needs and refuses everything that does not fit.
  ///
  /// - Parameters:
  ///   - needed: The parameters that will be used.
  ///   - known: The network's parameters, of which the file may hold more than are needed.
  /// - Returns: The parameters needed.
  /// - Throws: `ImportError` if the file does not fit, `HDF5Error` if it cannot be read.
  func parameters(
    needed: [ParameterSpecification], known: [ParameterSpecification]
  ) throws -> Parameters {
    try KerasFile(weights).parameters(needed: needed, known: known).parameters
  }
}
