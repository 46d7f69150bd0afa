import Foundation
import HDF5
import Testing

/// A detector from the command line, on a few rendered scenes and a quarter of MobileNet.
@Suite(.serialized) struct DetectorCommandTests {
  struct Evaluation: Decodable {
    struct ClassReport: Decodable {
      let AP50: Double?
    }

    let mAP50: Double?
    let mAP50_11point: Double?
    let AP: Double?
    let classes: [String: ClassReport]
    let images: Int
    let seconds_per_image: Double
  }

  struct Detections: Decodable {
    struct Object: Decodable {
      let `class`: String
      let score: Float
      let box: [Float]
    }

    let image: String
    let detections: [Object]
  }

  private let folder: TemporaryFolder
  private var scenes: String { folder.path("scenes") }

  init() throws {
    folder = try TemporaryFolder()
    let rendered = try ZooProcess(
      ["data", "scenes", "--output", folder.path("scenes"), "--training", "6", "--test", "2"])
    try #require(rendered.status == 0, "\(rendered.errors)")
  }

  private func training(_ run: String, epochs: Int = 1, _ more: String...) -> [String] {
    ["train", "--data", scenes, "--backbone", "mobilenet_v1", "--alpha", "0.25"]
      + ["--batch-statistics", "--output", folder.path(run), "--epochs", "\(epochs)"]
      + ["--size", "64", "--anchor-sides", "16", "32", "--precision", "f32"] + more
  }

  private func lineCount(_ run: String) -> Int {
    let text = try? String(contentsOfFile: folder.path("\(run)/metrics.jsonl"), encoding: .utf8)
    return (text ?? "").count { $0 == "\n" }
  }

  @Test("Train, evaluate, detect, and go on with other classes")
  func wholeWay() throws {
    let trained = try ZooProcess(training("run", "--val-split", "test"))
    #expect(trained.status == 0, "\(trained.errors)")
    #expect(trained.output.hasPrefix("best: \(folder.path("run"))/best.h5, epoch 1, mAP50 "))
    for text in ["because", "6 images to train on", "joint", "learning.anchor-sampler.count"] {
      #expect(trained.errors.contains(text), "\(text)")
    }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path("run")).sorted() == [
        "best.h5", "config.json", "data.json", "events.out.tfevents.zoo", "last.h5", "log.txt",
        "metrics.jsonl",
      ])
    // Three steps and a measurement.
    #expect(lineCount("run") == 4)

    let evaluated = try ZooProcess(
      ["evaluate", "--data", scenes, "--checkpoint", folder.path("run"), "--json"]
        + ["--output", folder.path("evaluation")])
    let report = try evaluated.decoded(Evaluation.self)
    #expect(report.images == 2)
    #expect(report.classes.keys.sorted() == ["arrow", "chequer", "crescent", "ring", "star"])
    let written = try FileManager.default.contentsOfDirectory(atPath: folder.path("evaluation"))
    #expect(written.contains("precision_recall.png") && written.contains("comp4_det_test_ring.txt"))

    let pictures = "\(scenes)/JPEGImages"
    let detected = try ZooProcess(
      ["detect", "\(pictures)/test_00001.jpg", "\(pictures)/test_00001.jpg", pictures]
        + ["--checkpoint", folder.path("run"), "--output", folder.path("found"), "--json"]
        + ["--draw-score", "0.1"])
    let detections = try detected.decoded([Detections].self)
    // The same picture three times, and the seven others of the folder.
    #expect(detections.count == 10)
    #expect(detections.allSatisfy { $0.detections.allSatisfy { $0.box.count == 4 } })
    let found = try FileManager.default.contentsOfDirectory(atPath: folder.path("found")).sorted()
    #expect(found.count == 11)
    #expect(found.contains("test_00001.jpg") && found.contains("test_00001_2.jpg"))

    let other = try ZooProcess(
      [
        "train", "--data", scenes, "--backbone", "mobilenet_v1", "--alpha", "0.25", "--classes",
        "star", "ring", "--weights", folder.path("run"), "--checkpoint-type", "detection",
        "--output", folder.path("other"), "--epochs", "1", "--size", "64", "--anchor-sides", "16",
        "32", "--dry-run",
      ])
    #expect(other.status == 0, "\(other.errors)")
    #expect(
      other.output.contains("carried over: star, ring; no longer there: arrow, chequer, crescent"))
    #expect(!FileManager.default.fileExists(atPath: folder.path("other")))
    let full = try ZooProcess(
      [
        "train", "--data", scenes, "--backbone", "mobilenet_v1", "--alpha", "0.25", "--classes",
        "star", "ring", "--weights", folder.path("run"), "--checkpoint-type", "full",
        "--output", folder.path("other"), "--size", "64", "--anchor-sides", "16", "32",
      ])
    #expect(full.status == 1)
    #expect(full.errors.contains("with --checkpoint-type detection those of the same name"))

    let again = try ZooProcess(
      ["train", "--resume", "--output", folder.path("run"), "--rate", "0.1"])
    #expect(again.status == 1 && again.errors.contains("rate differs from the run's"))
  }

  @Test("Killed and resumed runs end with the same bytes, in one phase or four")
  func killing() throws {
    for schedule in ["joint", "alternating"] {
      let (whole, killed) = ("whole-\(schedule)", "killed-\(schedule)")
      let options = ["--schedule", schedule, "--checkpoint-every", "1"]
      let undisturbed = try ZooProcess(training(whole, epochs: 4) + options)
      #expect(undisturbed.status == 0, "\(undisturbed.errors)")
      for round in 0..<3 {
        let start = lineCount(killed)
        let run = try ZooProcess(
          round == 0
            ? training(killed, epochs: 4) + options
            : ["train", "--resume", "--output", folder.path(killed), "--checkpoint-every", "1"],
          signal: SIGKILL
        ) { lineCount(killed) > start + round }
        #expect(run.status == SIGKILL, "\(run.errors)")
      }
      let resumed = try ZooProcess(["train", "--resume", "--output", folder.path(killed)])
      #expect(resumed.status == 0, "\(resumed.errors)")
      for file in ["last.h5", "best.h5"] {
        let files = try [whole, killed].map {
          try Data(contentsOf: URL(filePath: folder.path("\($0)/\(file)")))
        }
        #expect(files[0] == files[1], "\(schedule) \(file)")
      }
    }
  }

  @Test("Ctrl-C stops after a step and says how to go on")
  func interruption() throws {
    let stopped = try ZooProcess(training("run", epochs: 1000), signal: SIGINT) {
      lineCount("run") > 2
    }
    #expect(stopped.status == 130)
    #expect(stopped.errors.contains("zoo train --resume --output \(folder.path("run"))"))
    #expect(try HDF5File(reading: folder.path("run/last.h5")).exists("/zoo/optimizer"))
  }

  @Test(
    "What does not fit is said in one line before anything is written",
    arguments: [
      (["--split", "night"], "night"),
      (["--freeze", "conv2"], "'conv2': there is no such stage or layer"),
      (["--freeze", "rpn"], "layer rpn_box: is frozen but starts from random numbers"),
      (["--rate", "0"], "setting rate: expected a number above 0, found 0.0"),
      (["--size", "5"], "setting size: expected a shorter side of 32 to 8192, found 5"),
      (["--step-epochs", "1", "1", "1", "1"], "setting step-epochs: expected four numbers"),
      (["--remap", "ring"], "setting remap: expected old=new, found ring"),
      (["--epochs", "0"], "setting epochs: expected 1 to 1000000, found 0"),
    ])
  func refusals(options: [String], text: String) throws {
    let run = try ZooProcess(training("run") + options)
    #expect(run.status == 1)
    #expect(run.errors.hasPrefix("Error: ") && run.errors.contains(text), "\(run.errors)")
    #expect(run.errors.count { $0 == "\n" } == 1, "\(run.errors)")
    #expect(try folder.contents == ["scenes"])
  }

  @Test(
    "A command line that cannot be understood is refused",
    arguments: [
      ["--loss-weight", "rpn.boxes=2"], ["--jitter", "2:1"], ["--schedule", "both"],
      ["--anchor-sides", "-1"], ["--checkpoint-type", "some"], ["--checkpoint-type", "full"],
    ])
  func usage(options: [String]) throws {
    let run = try ZooProcess(training("run") + options)
    #expect(run.status == 64 && run.errors.contains(options[0]), "\(run.errors)")
  }

  @Test("What is wrong with labels is named and left out, in training too")
  func labels() throws {
    let file = URL(filePath: "\(scenes)/Annotations/train_00001.xml")
    var text = try String(contentsOf: file, encoding: .utf8)
    let object = """
      <object><name>star</name><difficult>0</difficult><bndbox><xmin>9</xmin><ymin>9</ymin>\
      <xmax>9</xmax><ymax>9</ymax></bndbox></object></annotation>
      """
    text.replace("</annotation>", with: object)
    try text.write(to: file, atomically: true, encoding: .utf8)
    let check = try ZooProcess(["data", "check", "--data", scenes])
    #expect(check.status == 1)
    #expect(check.output.contains("train_00001.xml: object "))
    #expect(check.output.contains("(star): the box [9, 9, 9, 9] has no area"))
    #expect(check.output.contains("1 thing is wrong"))
    let run = try ZooProcess(training("run"))
    #expect(run.status == 0 && run.errors.contains("has no area; the object is left out"))
    let shown = try ZooProcess(
      ["data", "show", "--data", scenes, "--count", "3", "--output", folder.path("sheet.png")])
    #expect(shown.status == 0)
    #expect(try folder.contents.contains("sheet.png"))
  }

  @Test("Detecting goes on after a picture that cannot be read, and fails in the end")
  func badPicture() throws {
    #expect(try ZooProcess(training("run")).status == 0)
    try Data("no picture".utf8).write(to: URL(filePath: folder.path("bad.png")))
    let detected = try ZooProcess(
      ["detect", folder.path("bad.png"), "\(scenes)/JPEGImages/test_00001.jpg"]
        + ["--checkpoint", folder.path("run"), "--output", folder.path("found")])
    #expect(detected.status == 1)
    #expect(detected.errors.contains("bad.png: not a picture of a kind that is read"))
    #expect(detected.output.contains("test_00001.jpg: "))
    let missing = try ZooProcess(
      ["detect", folder.path("bad.png"), "--checkpoint", folder.path("none"), "--json"])
    #expect(missing.status == 1 && missing.errors.contains("holds no checkpoint"))
    let nowhere = try ZooProcess(
      ["detect", folder.path("bad.png"), "--checkpoint", folder.path("run")]
        + ["--output", folder.path("bad.png/found")])
    #expect(nowhere.status == 1)
    #expect(nowhere.errors.hasPrefix("Error: \(folder.path("bad.png/found")): a file stands in"))
  }
}
