import Foundation
import HDF5
import Importing
import KerasConverter
import Layers
import Tensors
import Testing
import Zoo

@Suite struct CommandTests {
  struct Classification: Decodable {
    struct Answer: Decodable {
      let index: Int
      let label: String
      let probability: Double
    }

    let image: String
    let top: [Answer]
  }

  @Test("Both photos are what they show", arguments: ["f32", "bf16"])
  func classify(precision: String) throws {
    guard precision == "f32" || Self.machineHasBfloat16 else { return }
    let run = try ZooProcess(
      ["classify"] + shippedPhotos
        + ["--backbone", "mobilenet_v1", "--weights", shippedWeights]
        + ["--precision", precision, "--json"])
    let answers = try run.decoded([Classification].self)
    #expect(answers.map(\.image) == shippedPhotos)
    // Keras 3.15.1 with the float32 weights: tabby 0.53 (index 281), espresso 0.99 (967).
    #expect(answers.map { $0.top[0].index } == [281, 967])
    #expect(answers.map { $0.top[0].label } == ["tabby", "espresso"])
    #expect(answers.allSatisfy { $0.top.count == 5 })
    for answer in answers {
      #expect(answer.top.map(\.probability) == answer.top.map(\.probability).sorted(by: >))
    }
  }

  @Test("For a person the probabilities are printed, one picture below the other")
  func classifyText() throws {
    let run = try ZooProcess(
      ["classify"] + shippedPhotos
        + ["--backbone", "mobilenet_v1", "--weights", shippedWeights, "--top", "2"])
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 6)
    #expect(lines[0] == shippedPhotos[0][...])
    #expect(lines[1].hasSuffix("%  tabby"))
  }

  @Test("Convert, then inspect: every tensor arrives, in the type asked for")
  func convert() throws {
    let folder = try TemporaryFolder()
    let run = try ZooProcess(
      ["convert", shippedWeights, "--backbone", "mobilenet_v1", "--json"]
        + ["--output", folder.path("out.h5"), "--report", folder.path("report.json")])
    struct Report: Decodable, Equatable {
      let form: String
      let matched: Int
      let renamed: Int
      let missing: [String]
      let unused: [String]
    }
    let report = try run.decoded(Report.self)
    #expect(report.matched == 137)
    #expect(report.missing.isEmpty && report.unused.isEmpty)
    let written = try JSONDecoder().decode(
      Report.self, from: Data(contentsOf: folder.url.appending(path: "report.json")))
    #expect(written == report)
    #expect(try folder.contents == ["out.h5", "report.json"])

    let specifications = try MobileNet().parameters()
    let source = try KerasFile(shippedWeights).parameters(
      needed: specifications, known: specifications
    ).parameters
    let target = try KerasFile(folder.path("out.h5")).parameters(
      needed: specifications, known: specifications
    ).parameters
    for (name, tensor) in source { #expect(target[name]?.floats == tensor.floats) }

    let inspected = try ZooProcess(["inspect", folder.path("out.h5")])
    #expect(inspected.output.contains("4253864 parameters"))
    #expect(inspected.output.contains("conv_pw_13_bn"))
  }

  @Test("A conversion that fails leaves nothing behind")
  func convertFails() throws {
    let folder = try TemporaryFolder()
    let run = try ZooProcess(
      ["convert", shippedWeights, "--backbone", "vgg16", "--output", folder.path("out.h5")]
        + ["--report", folder.path("report.json")])
    #expect(run.status == 1)
    #expect(try folder.contents.isEmpty)
  }

  @Test("Features of an array are those of the picture it was made from")
  func features() throws {
    let folder = try TemporaryFolder()
    let arguments = ["--backbone", "mobilenet_v1", "--weights", shippedWeights]
    let picture = try ZooProcess(
      ["features", shippedPhotos[0]] + arguments
        + ["--endpoints", "input,conv1_relu,conv_pw_11_relu"]
        + ["--output", folder.path("picture.h5")])
    #expect(picture.status == 0, "\(picture.errors)")
    let maps = try HDF5File(reading: folder.path("picture.h5"))
    let input = try maps.read("/input")
    #expect(input.shape == [1, 224, 224, 3])
    #expect(try maps.read("/conv_pw_11_relu").shape == [1, 14, 14, 512])

    try NumPyFile.write(input, to: folder.path("input.npy"))
    let array = try ZooProcess(
      ["features", folder.path("input.npy")] + arguments
        + ["--endpoints", "conv1_relu", "--output", folder.path("array.h5")])
    #expect(array.status == 0, "\(array.errors)")
    #expect(
      try HDF5File(reading: folder.path("array.h5")).read("/conv1_relu").floats
        == maps.read("/conv1_relu").floats)
  }

  @Test("A bench prints what it measured as JSON")
  func bench() throws {
    struct Timing: Decodable {
      let net: String
      let batch: Int
      let size: [Int]
      let precision: String
      let mode: String
      let median_ms: Double
    }
    let timing = try ZooProcess(
      ["bench", "--backbone", "mobilenet_v1", "--alpha", "0.25", "--size", "65", "97"]
        + ["--batch", "2", "--runs", "2", "--precision", "f32", "--json"]
    ).decoded(Timing.self)
    #expect(timing.net == "mobilenet_v1" && timing.batch == 2 && timing.size == [65, 97])
    #expect(timing.precision == "f32" && timing.mode == "infer" && timing.median_ms > 0)
  }

  @Test(
    "A bench of a detector says which head it ran",
    arguments: [
      ("detect", "backbone", ["--proposals", "20"]),
      ("train-detector", "two-layer", ["--train", "--batch", "2", "--regions", "8"]),
    ])
  func detectorBench(mode: String, head: String, arguments: [String]) throws {
    struct Timing: Decodable {
      let mode: String
      let head: String
      let proposals: Int?
      let median_ms: Double
    }
    let timing = try ZooProcess(
      ["bench", "--backbone", "mobilenet_v1", "--alpha", "0.25", "--size", "65", "97"]
        + ["--detector", "--head", head, "--runs", "1", "--precision", "f32", "--json"] + arguments
    ).decoded(Timing.self)
    #expect(timing.mode == mode && timing.head == head && timing.median_ms > 0)
    #expect(timing.proposals == (mode == "detect" ? 20 : nil))
  }

  @Test("A bench of a detector lists the parts of a step in their order")
  func detectorProfile() throws {
    let run = try ZooProcess(
      ["bench", "--backbone", "mobilenet_v1", "--alpha", "0.25", "--size", "64", "64"]
        + ["--detector", "--train", "--regions", "8", "--runs", "1", "--profile"])
    #expect(run.status == 0, "\(run.errors)")
    let parts = run.output.split(separator: "\n").dropFirst(2)
      .map { String($0.prefix { !$0.isNumber }).trimmingCharacters(in: .whitespaces) }
    #expect(
      parts == [
        "examples", "image forward", "proposals", "sampling", "pooling", "region forward",
        "region losses", "region back", "pooling back", "proposal losses", "image back", "update",
      ])
  }

  @Test("The list names every backbone of the catalogue")
  func list() throws {
    let run = try ZooProcess(["list"])
    for card in Catalogue.cards { #expect(run.output.contains(card.name)) }
    let page = try ZooProcess(["list", "--markdown"])
    #expect(
      try page.output
        == String(contentsOf: packageRoot.appending(path: "zoo/README.md"), encoding: .utf8))
  }

  /// Asked of the program, so that the tests of the command line need not see the engine.
  private static var machineHasBfloat16: Bool {
    let run = try? ZooProcess(
      ["bench", "--backbone", "mobilenet_v1", "--alpha", "0.1", "--size", "32", "32"]
        + ["--runs", "1", "--precision", "bf16"])
    return run?.status == 0
  }
}
