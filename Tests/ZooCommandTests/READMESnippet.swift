import Datasets
import Engine
import Importing
import KerasConverter
import Layers
import Tensors
import Zoo

/// The answer to "what is on this photo?" in a program of your own.
func classify(photo: String, weights: String) throws -> String {
  let network = MobileNet()
  let names = try network.parameters()
  let (parameters, report) = try KerasFile(weights).parameters(needed: names, known: names)
  print("\(report.matched.count) parameters by name, \(report.renamed.count) renamed")

  let classifier = try Network(network.stages, parameters: parameters)
  let square = try Image(contentsOf: photo).imageNetCrop(side: network.preprocessing.imageSide)
  let input = network.preprocessing.tensor(
    pixels: square.pixels, height: square.height, width: square.width)
  let probabilities = try classifier(input)[0].floats
  let best = probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
  return ImageNetClasses.names[best]
}
