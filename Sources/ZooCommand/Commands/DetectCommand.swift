import ArgumentParser
import Boxes
import Datasets
import Detection
import Drawing
import Engine
import Files

struct DetectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detect",
    abstract: "Find objects in pictures and draw boxes around them.",
    discussion: """
      Writes each picture with its boxes into --output under its own name, and all detections as \
      detections.json, with boxes in pixels of the picture.

      Example:
        zoo detect street.jpg holiday/ --checkpoint runs/voc --output found
      """)

  @Argument(help: ArgumentHelp("Pictures, or folders of them.", valueName: "IMAGE|DIR"))
  var inputs: [String]

  @OptionGroup(title: "Detector") var options: DetectorCheckpointOptions

  @Option(help: ArgumentHelp("The folder to write to.", valueName: "DIR"))
  var output: String?

  @Option(help: "How sure a detection must be to be drawn, from 0 to 1.")
  var drawScore: Float = 0.5

  @Flag(help: "Print one JSON document.")
  var json = false

  @OptionGroup(title: "Computing") var compute: ComputeOptions

  func validate() throws {
    guard output != nil || json else {
      throw ValidationError("--output DIR or --json is needed, or both")
    }
  }

  private struct Entry: Encodable {
    struct Object: Encodable {
      let label: String
      let score: Float
      let box: [Float]

      enum CodingKeys: String, CodingKey {
        case label = "class"
        case score, box
      }
    }

    let image: String
    let detections: [Object]
  }

  func run() throws {
    let pictures = try PictureList(inputs)
    let detector = try options.detector(precision: compute.precision ?? .fastest)
    compute.limitThreads()
    if let output {
      try Folder.make(output)
    }
    var entries: [Entry] = []
    var failures = 0
    var line = ProgressLine()
    for (index, picture) in pictures.files.enumerated() {
      do {
        let image = try Image(contentsOf: picture.path)
        let objects = try detector(image)
        entries.append(entry(picture.path, objects, detector.architecture.classes))
        if let output {
          let drawn = image.drawing(
            objects.filter { $0.score >= drawScore }, classes: detector.architecture.classes)
          try drawn.write(to: "\(output)/\(picture.outputName)")
        }
      } catch let error as ImageError {
        // One bad picture does not keep the others from being looked at.
        line.clear()
        printError("Error: \(error)")
        failures += 1
      }
      line.update(
        Double(index + 1) / Double(pictures.files.count), "\(index + 1)/\(pictures.files.count)")
    }
    line.clear()
    if let output { try writeJSON(entries, to: "\(output)/detections.json") }
    if json { try printJSON(entries) } else { printText(entries) }
    if failures > 0 { throw ExitCode.failure }
  }

  private func entry(_ path: String, _ objects: [DetectedObject], _ classes: [String]) -> Entry {
    Entry(
      image: path,
      detections: objects.map { object in
        let box = object.box
        return Entry.Object(
          label: classes[object.label], score: object.score,
          box: [box.x1, box.y1, box.x2, box.y2])
      })
  }

  private func printText(_ entries: [Entry]) {
    for entry in entries {
      let sure = entry.detections.filter { $0.score >= drawScore }
      let counts = Dictionary(grouping: sure, by: \.label).sorted { $0.key < $1.key }
        .map { "\($0.value.count) \($0.key)" }
      print("\(entry.image): \(counts.isEmpty ? "nothing" : counts.joined(separator: ", "))")
    }
    if let output { print("pictures and detections.json are in \(output)") }
  }
}
