import Importing
import KerasConverter

/// Opens a file of weights in whatever form.
func openWeights(_ path: String) throws -> any WeightFile { try KerasFile(path) }
