import Foundation
import HDF5
import Testing

/// Training from the command line: a network learns two photos by heart.
@Suite(.serialized) struct TrainClassifierTests {
  struct Classification: Decodable {
    struct Answer: Decodable {
      let index: Int
      let label: String
      let probability: Double
    }

    let top: [Answer]
  }

  /// A folder of two classes, with copies of one photo in each.
  private func data(in folder: TemporaryFolder, copies: Int = 4) throws -> String {
    for (name, photo) in zip(["chelsea", "coffee"], shippedPhotos) {
      let target = folder.url.appending(path: "data/\(name)")
      try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
      for copy in 0..<copies {
        try FileManager.default.copyItem(
          atPath: photo, toPath: target.appending(path: "\(copy).png").path)
      }
    }
    return folder.path("data")
  }

  private func arguments(_ data: String, _ run: String, epochs: Int) -> [String] {
    ["train-classifier", "--data", data, "--backbone", "mobilenet_v1"]
      + ["--weights", shippedWeights, "--output", run, "--epochs", "\(epochs)", "--batch", "4"]
      + ["--side", "64", "--precision", "f32", "--freeze", "conv1", "conv3", "/^conv_.*_[4-9]/"]
  }

  private func lineCount(_ path: String) -> Int {
    ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").count { $0 == "\n" }
  }

  @Test("Train, then classify with what was trained")
  func training() throws {
    let folder = try TemporaryFolder()
    let run = folder.path("run")
    let training = try ZooProcess(arguments(try data(in: folder), run, epochs: 4))
    #expect(training.status == 0, "\(training.errors)")
    #expect(
      training.output == "best: \(run)/best.h5, epoch \(training.bestEpoch), "
        + "validation accuracy 100.0 %\n")
    for text in [
      "matched     135 parameters by name", "it tells the new classes apart",
      "2 classes, 6 pictures to train on, 2 to measure with, 6 steps", "freeze",
      "epoch 4/4  step 6/6",
    ] { #expect(training.errors.contains(text), "\(training.errors)") }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: run).sorted()
        == [
          "best.h5", "config.json", "data.json", "events.out.tfevents.zoo", "last.h5", "log.txt",
          "metrics.jsonl",
        ])
    // Six steps and four measurements.
    #expect(lineCount("\(run)/metrics.jsonl") == 10)

    let classification = try ZooProcess(
      ["classify"] + shippedPhotos + ["--checkpoint", run, "--precision", "f32", "--json"])
    let answers = try classification.decoded([Classification].self)
    #expect(
      answers.map { $0.top.map(\.label) } == [["chelsea", "coffee"], ["coffee", "chelsea"]])
    #expect(answers.map { $0.top[0].index } == [0, 1])

    let converted = try ZooProcess(
      ["convert", "\(run)/best.h5", "--backbone", "mobilenet_v1", "--json"]
        + ["--output", folder.path("converted.h5")])
    #expect(converted.status == 0 && converted.output.contains("\"matched\" : 137"))
    let inspected = try ZooProcess(["inspect", "\(run)/last.h5"])
    #expect(inspected.output.contains("bias             [2]"))

    // A run that is over has nothing left to do; it may be made longer.
    let again = try ZooProcess(["train-classifier", "--resume", "--output", run])
    #expect(again.status == 0 && again.errors.contains("resumed after step 6 of 6"))
    let longer = try ZooProcess(
      ["train-classifier", "--resume", "--output", run, "--epochs", "6"])
    #expect(longer.status == 0, "\(longer.errors)")
    #expect(lineCount("\(run)/metrics.jsonl") == 15)
    let changed = try ZooProcess(
      ["train-classifier", "--resume", "--output", run, "--batch", "8"])
    #expect(changed.status == 1 && changed.errors.contains("batch differs"))
    let twice = try ZooProcess(arguments(folder.path("data"), run, epochs: 4))
    #expect(twice.status == 1 && twice.errors.contains("holds a run already; go on with --resume"))
  }

  @Test("A dry run says what would be done and does nothing")
  func dryRun() throws {
    let folder = try TemporaryFolder()
    let run = folder.path("run")
    let dry = try ZooProcess(arguments(try data(in: folder), run, epochs: 4) + ["--dry-run"])
    #expect(dry.status == 0 && dry.errors.isEmpty, "\(dry.errors)")
    // Of conv1 everything, of the classifier nothing.
    #expect(dry.output.contains("conv1       0:9                       6       6                0"))
    #expect(dry.output.contains("classifier  85:90                     1       0             2050"))
    #expect(!FileManager.default.fileExists(atPath: run))
  }

  @Test(
    "Ctrl-C stops after a step, and the run goes on where it was", arguments: [SIGINT, SIGTERM])
  func interruption(signal: Int32) throws {
    let folder = try TemporaryFolder()
    let run = folder.path("run")
    let stopped = try ZooProcess(
      arguments(try data(in: folder), run, epochs: 1000), signal: signal
    ) { lineCount("\(run)/metrics.jsonl") > 2 }
    #expect(stopped.status == 128 + signal)
    #expect(stopped.errors.contains("go on with: zoo train-classifier --resume --output \(run)"))
    #expect(stopped.output.isEmpty)
    let file = try HDF5File(reading: "\(run)/last.h5")
    #expect(try file.exists("/zoo/optimizer"))
    let steps = lineCount("\(run)/metrics.jsonl")
    let resumed = try ZooProcess(
      ["train-classifier", "--resume", "--output", run], signal: SIGINT
    ) { lineCount("\(run)/metrics.jsonl") > steps + 1 }
    #expect(resumed.status == 130)
    #expect(resumed.errors.contains("resumed after step"))
  }

  @Test("A killed run leaves a checkpoint to use and to go on from")
  func killing() throws {
    let folder = try TemporaryFolder()
    let run = folder.path("run")
    let data = try data(in: folder)
    for round in 0..<4 {
      let start = lineCount("\(run)/metrics.jsonl")
      let killed = try ZooProcess(
        round == 0
          ? arguments(data, run, epochs: 1000) + ["--checkpoint-every", "1"]
          : ["train-classifier", "--resume", "--output", run, "--checkpoint-every", "1"],
        signal: SIGKILL
      ) { lineCount("\(run)/metrics.jsonl") > start + round }
      #expect(killed.status == SIGKILL, "\(killed.errors)")
      let classification = try ZooProcess(
        ["classify", shippedPhotos[0], "--checkpoint", "\(run)/last.h5", "--json"])
      #expect(try classification.decoded([Classification].self).count == 1)
    }
  }

  @Test("Pictures that cannot be read are named before the first step, or left out and named")
  func unreadable() throws {
    let folder = try TemporaryFolder()
    let run = folder.path("run")
    let data = try data(in: folder)
    try Data("GIF89a".utf8).write(to: URL(filePath: "\(data)/coffee/1.png"))
    try Data("x".utf8).write(to: URL(filePath: "\(data)/coffee/notes.txt"))
    let refused = try ZooProcess(arguments(data, run, epochs: 1))
    #expect(refused.status == 1)
    #expect(refused.errors.contains("\(data)/coffee/1.png: not a picture of a kind that is read"))
    #expect(refused.errors.contains("--skip-unreadable"))
    #expect(!FileManager.default.fileExists(atPath: run))
    let skipped = try ZooProcess(arguments(data, run, epochs: 1) + ["--skip-unreadable"])
    #expect(skipped.status == 0, "\(skipped.errors)")
    #expect(skipped.errors.contains("1.png: not a picture"))
    #expect(skipped.errors.contains("notes.txt: is no picture by its name, left out"))
    let list = try String(contentsOfFile: "\(run)/data.json", encoding: .utf8)
    #expect(list.contains("coffee/0.png") && !list.contains("coffee/1.png"))
  }

  @Test(
    "What does not fit is said before anything is written",
    arguments: [
      (["--freeze", "conv2"], "'conv2': there is no such stage or layer; the nearest names are"),
      (["--freeze", "0:"], "chooses all 55 layers that have parameters"),
      (["--freeze", "classifier"], "layer conv_preds: is frozen but starts from random numbers"),
      (["--rate", "0"], "setting rate: expected a number above 0, found 0.0"),
      (["--side", "9000"], "setting side: expected 1 to 8192, found 9000"),
      (["--allow-missing", "fc*"], "fits no needed parameter"),
    ])
  func refusals(options: [String], text: String) throws {
    let folder = try TemporaryFolder()
    let run = try ZooProcess(
      arguments(try data(in: folder), folder.path("run"), epochs: 1) + options)
    #expect(run.status == 1)
    #expect(run.errors.hasPrefix("Error: ") && run.errors.contains(text), "\(run.errors)")
    #expect(run.errors.count { $0 == "\n" } == 1)
    #expect(try folder.contents == ["data"])
  }
}

extension ZooProcess {
  /// The epoch that the last line of a training run names.
  fileprivate var bestEpoch: String {
    output.firstMatch(of: /epoch (\d+)/).map { String($0.1) } ?? "none"
  }
}
