import ArgumentParser
import HDF5
import KerasConverter

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what a checkpoint holds: its form, its layers, their shapes and types.")

  @Argument(help: "A Keras checkpoint (.h5).")
  var file: String

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let file = try KerasFile(file)
    if json { return try printJSON(Contents(file)) }
    print(Contents(file).text)
  }
}

/// A checkpoint's layers that have weights.
private struct Contents: Encodable {
  struct Layer: Encodable {
    let name: String
    let weights: [Weight]
  }

  struct Weight: Encodable {
    let name: String
    let shape: [Int]
    let type: String
  }

  let form: String
  let layers: [Layer]
  let parameters: Int

  init(_ file: KerasFile) {
    form = file.form
    layers = file.layers.filter { !$0.weights.isEmpty }.map { layer in
      Layer(
        name: layer.name,
        weights: layer.weights.map {
          Weight(name: $0.variable, shape: $0.dataset.shape, type: $0.dataset.typeName)
        })
    }
    parameters = layers.flatMap(\.weights).reduce(0) { $0 + $1.shape.reduce(1, *) }
  }

  var text: String {
    var table = Table(header: ["layer", "variable", "shape", "type"])
    for layer in layers {
      for (index, weight) in layer.weights.enumerated() {
        table.append([
          index == 0 ? layer.name : "", weight.name, "\(weight.shape)", weight.type,
        ])
      }
    }
    return "\(form): \(layers.count) layers with \(parameters) parameters\n\n\(table.text)"
  }
}
