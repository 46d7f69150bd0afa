public import ArgumentParser
public import Datasets
import Training

/// Which labelled images.
struct DetectionDataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A VOC folder (Annotations, JPEGImages, ImageSets), a COCO file of boxes (.json), or a folder "
        + "with such files.",
      valueName: "PATH"))
  var data: String?

  @Option(help: "The folder of the images, where it is not in the usual place.")
  var images: String?

  @Option(
    parsing: .upToNextOption,
    help: "The classes to tell apart, in their order (default: all there are).")
  var classes: [String] = []

  @Option(
    help: ArgumentHelp(
      "What the numbers of boxes count from (default: 0 if there is a 0 among them, else 1).",
      valueName: "automatic|zeroBased|oneBased"))
  var coordinates: CoordinateConvention?

  /// Reads a part.
  ///
  /// - Throws: `DatasetError` if it cannot be read.
  func load(split: String?) throws -> LabelledData {
    try LabelledData(
      contentsOf: data ?? "", split: split, classes: classes.isEmpty ? nil : classes,
      images: images, coordinates: coordinates ?? .automatic)
  }

  func apply(to settings: inout DetectorSettings) {
    if let data { settings.data = data }
    if let images { settings.images = images }
    if !classes.isEmpty { settings.classes = classes }
    if let coordinates { settings.coordinates = coordinates }
  }
}

extension CoordinateConvention: ExpressibleByArgument {}
