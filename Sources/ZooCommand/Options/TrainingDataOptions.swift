import ArgumentParser
import Training

/// Which pictures, and how they are seen.
struct TrainingDataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A folder with a folder of pictures for each class, or with such folders 'train' and 'val'.",
      valueName: "FOLDER"))
  var data: String?

  @Option(help: "The share of each class to measure with, if there is no 'val' (default: 0.2).")
  var valFraction: Double?

  @Flag(help: "Leave out pictures that cannot be read; each is named.")
  var skipUnreadable = false

  @Option(help: "The side of the square that the network sees (default: the backbone's).")
  var side: Int?

  @Option(help: "The least share of a picture's area in a random crop (default: 0.25).")
  var cropArea: Double?

  @Flag(help: "Do not mirror every other picture.")
  var noMirror = false

  func validate() throws {
    if let valFraction, !(0..<1 ~= valFraction) {
      throw ValidationError("--val-fraction: expected 0 to below 1, found \(valFraction)")
    }
  }

  func apply(to settings: inout ClassifierSettings) {
    if let data { settings.data = data }
    if let valFraction { settings.valFraction = valFraction }
    if let side { settings.side = side }
    if let cropArea { settings.cropArea = cropArea }
    if noMirror { settings.mirror = false }
  }
}
