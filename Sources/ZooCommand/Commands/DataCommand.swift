import ArgumentParser
import Datasets
import Drawing
import FoundationEssentials
import Scenes

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Check and look at labelled images.",
    subcommands: [DataCheckCommand.self, DataShowCommand.self, DataScenesCommand.self])
}

struct DataCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Say what is wrong with labelled images, naming file and object.",
    discussion: """
      Boxes without an area or outside of their image, files that are missing or damaged, sizes that \
      differ from the annotation, and what the boxes' numbers count from. Training leaves such \
      objects out and goes on; the exit status is 1 if there is anything.
      """)

  @OptionGroup(title: "Data") var data: DetectionDataOptions

  @Option(help: "The part to check (default: all there is).")
  var split: String?

  @Flag(help: "Read the pictures' headers only, and do not decode them.")
  var quick = false

  func validate() throws {
    guard data.data != nil else { throw ValidationError("--data is needed") }
  }

  func run() throws {
    var labelled = try data.load(split: split)
    if !quick {
      var line = ProgressLine()
      let count = labelled.dataset.images.count
      let found = labelled.dataset.checkPictures(threadCount: 4) { done in
        line.update("decoding", done, of: count)
        return true
      }
      line.clear()
      try labelled.leaveOut(found ?? [])
    }
    for issue in labelled.issues { print("\(issue)") }
    if !labelled.issues.isEmpty { print("") }
    var table = Table(header: ["class", "objects", "difficult", "crowds", "images"])
    for count in labelled.classCounts {
      table.append([
        count.name, "\(count.objects)", "\(count.difficult)", "\(count.crowds)", "\(count.images)",
      ])
    }
    print(table.text)
    let images = labelled.dataset.images
    print(
      "\n\(labelled.form.rawValue), \(images.count) images, "
        + "\(images.count { $0.objects.isEmpty }) of them without objects; boxes count from "
        + (labelled.convention == .oneBased ? "1" : "0")
        + (labelled.conventionEvidence.map { " (\($0))" } ?? ""))
    if !labelled.splits.isEmpty { print("parts: \(labelled.splits.joined(separator: ", "))") }
    let count = labelled.issues.count
    print(count == 1 ? "1 thing is wrong" : "\(count) things are wrong")
    if !labelled.issues.isEmpty { throw ExitCode.failure }
  }
}

struct DataShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Draw labelled images with their boxes on one sheet.")

  @OptionGroup(title: "Data") var data: DetectionDataOptions

  @Option(help: "The part to show (default: all there is).")
  var split: String?

  @Option(help: "How many images, evenly taken from all.")
  var count = 20

  @Option(help: ArgumentHelp("The picture to write, .png or .jpg.", valueName: "FILE"))
  var output: String

  func validate() throws {
    guard data.data != nil else { throw ValidationError("--data is needed") }
    guard 1...400 ~= count else {
      throw ValidationError("--count: expected 1 to 400, found \(count)")
    }
  }

  func run() throws {
    let labelled = try data.load(split: split)
    let images = labelled.dataset.images
    let shown = min(count, images.count)
    var sheet = ContactSheet(
      title: "\(labelled.path): \(shown) of \(images.count) images")
    for place in 0..<shown {
      let annotated = images[place * images.count / shown]
      sheet.append(
        try Image(contentsOf: annotated.path), objects: annotated.objects,
        classes: labelled.dataset.classes, caption: annotated.name)
    }
    try sheet.image.write(to: output)
    print("\(shown) images are drawn in \(output)")
  }
}

struct DataScenesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scenes",
    abstract: "Render labelled scenes to try a detector on, as a VOC folder.",
    discussion: """
      Five classes of drawn objects that no ImageNet weights have seen, on varied grounds, of all \
      sizes, turned, hidden in part, in varied light. What is rendered follows from the seed.
      """)

  @Option(help: ArgumentHelp("The folder to make.", valueName: "DIR"))
  var output: String

  @Option(help: "Scenes to train on.")
  var training = 200

  @Option(help: "Scenes to measure on.")
  var test = 60

  @Option(help: "Chooses the scenes.")
  var seed: UInt64 = 0

  func validate() throws {
    for (name, count) in [("training", training), ("test", test)]
    where !(1...100_000 ~= count) {
      throw ValidationError("--\(name): expected 1 to 100000, found \(count)")
    }
  }

  func run() throws {
    try SceneRenderer(seed: seed).write(to: output, training: training, test: test)
    print("\(training + test) scenes are in \(output)")
  }
}
