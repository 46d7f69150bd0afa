import Foundation
import Testing

/// Wrong input ends with one line that says where, what and what to do.
@Suite struct FailureTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let arguments: [String]
    var status: Int32 = 1
    let says: [String]
  }

  static let photo = shippedPhotos[0]
  static let network = ["--backbone", "mobilenet_v1", "--weights", shippedWeights]

  static let cases = [
    Case(
      testDescription: "a backbone that there is not",
      arguments: ["classify", photo, "--backbone", "mobilnet_v1", "--weights", shippedWeights],
      status: 64, says: ["mobilnet_v1", "mobilenet_v1"]),
    Case(
      testDescription: "a width multiplier for a network without one",
      arguments: ["classify", photo, "--backbone", "vgg16", "--alpha", "0.5", "--weights", "x"],
      status: 64, says: ["vgg16", "width multiplier"]),
    Case(
      testDescription: "a precision that there is not",
      arguments: ["classify", photo] + network + ["--precision", "f16"], status: 64,
      says: ["f16", "f32", "bf16"]),
    Case(
      testDescription: "no threads",
      arguments: ["classify", photo] + network + ["--threads", "0"],
      status: 64, says: ["--threads", "0"]),
    Case(
      testDescription: "no such weights",
      arguments: ["classify", photo, "--backbone", "mobilenet_v1", "--weights", "/no/such.h5"],
      says: ["/no/such.h5"]),
    Case(
      testDescription: "a picture for weights",
      arguments: ["inspect", photo], says: ["chelsea_224.png"]),
    Case(
      testDescription: "another network's weights",
      arguments: ["classify", photo, "--backbone", "resnet50_v1", "--weights", shippedWeights],
      says: ["mobilenet_1_0_224_imagenet.float16.h5", "missing"]),
    Case(
      testDescription: "another width's weights",
      arguments: ["classify", photo] + network + ["--alpha", "0.5"],
      says: ["conv1/kernel", "[3, 3, 3, 16]", "[3, 3, 3, 32]"]),
    Case(
      testDescription: "weights for a picture",
      arguments: ["classify", shippedWeights] + network,
      says: ["mobilenet_1_0_224_imagenet.float16.h5"]),
    Case(
      testDescription: "no such picture", arguments: ["classify", "/no/such.jpg"] + network,
      says: ["/no/such.jpg"]),
    Case(
      testDescription: "an endpoint that there is not",
      arguments: ["features", photo] + network
        + ["--endpoints", "conv_pw_11_rleu", "--output", "/tmp/never.h5"],
      says: ["conv_pw_11_rleu", "conv_pw_11_relu"]),
    Case(
      testDescription: "a folder that cannot be written",
      arguments: ["features", photo] + network
        + ["--endpoints", "conv1_relu", "--output", "/no/such/folder/out.h5"],
      says: ["/no/such/folder/out.h5"]),
    Case(
      testDescription: "a pattern that fits nothing",
      arguments: ["convert", shippedWeights, "--backbone", "mobilenet_v1"]
        + ["--output", "/tmp/never.h5", "--allow-unused", "hed/*"],
      says: ["hed/*"]),
    Case(
      testDescription: "a bench of half a size",
      arguments: ["bench", "--backbone", "vgg16", "--size", "224"], status: 64, says: ["--size"]),
    Case(
      testDescription: "a bench of a head without a detector",
      arguments: ["bench", "--backbone", "vgg16", "--head", "two-layer"], status: 64,
      says: ["--detector"]),
    Case(
      testDescription: "a bench of a detection of two images",
      arguments: ["bench", "--backbone", "vgg16", "--detector", "--batch", "2"], status: 64,
      says: ["--batch", "--train"]),
    Case(
      testDescription: "a bench of a step with proposals of a detection",
      arguments: ["bench", "--backbone", "vgg16", "--detector", "--train", "--proposals", "9"],
      status: 64, says: ["--proposals", "--train"]),
    Case(
      testDescription: "a bench of a step without regions",
      arguments: ["bench", "--backbone", "vgg16", "--detector", "--train", "--regions", "0"],
      status: 64, says: ["--regions", "1 to 10000"]),
    Case(
      testDescription: "a checkpoint and a backbone",
      arguments: ["classify", photo] + network + ["--checkpoint", "run"], status: 64,
      says: ["--checkpoint", "--backbone"]),
    Case(
      testDescription: "weights without a backbone",
      arguments: ["classify", photo, "--weights", shippedWeights], status: 64,
      says: ["--backbone and --weights are needed"]),
    Case(
      testDescription: "more classes than there are",
      arguments: ["classify", photo] + network + ["--top", "1001"], status: 64,
      says: ["--top", "1000", "1001"]),
    Case(
      testDescription: "no run",
      arguments: ["classify", photo, "--checkpoint", "/no/such"],
      says: ["/no/such: holds no checkpoint"]),
    Case(
      testDescription: "ImageNet's weights for a run",
      arguments: ["classify", photo, "--checkpoint", shippedWeights],
      says: ["is no checkpoint of a classifier trained here"]),
    Case(
      testDescription: "nothing to train on",
      arguments: ["train-classifier", "--output", "/tmp/never.h5"], status: 64,
      says: ["--data and --backbone are needed"]),
    Case(
      testDescription: "nothing to start from",
      arguments: ["train-classifier", "--data", "x", "--backbone", "vgg16"]
        + ["--output", "/tmp/never.h5"],
      status: 64, says: ["--weights is needed", "--batch-statistics"]),
    Case(
      testDescription: "a checkpoint every never",
      arguments: ["train-classifier", "--resume", "--output", "/tmp/never.h5"]
        + ["--checkpoint-every", "0s"],
      status: 64, says: ["--checkpoint-every", "0s"]),
    Case(
      testDescription: "more pictures to measure with than there are",
      arguments: ["train-classifier", "--data", "x", "--val-fraction", "1"] + network
        + ["--output", "/tmp/never.h5"],
      status: 64, says: ["--val-fraction", "found 1.0"]),
    Case(
      testDescription: "statistics both ways",
      arguments: ["train-classifier", "--resume", "--output", "/tmp/never.h5"]
        + ["--freeze-bn", "--batch-statistics"],
      status: 64, says: ["exclude each other"]),
    Case(
      testDescription: "no folder of pictures",
      arguments: ["train-classifier", "--data", "/no/such"] + network
        + ["--output", "/tmp/never.h5"],
      says: ["/no/such: cannot be listed: no such file or directory"]),
    Case(
      testDescription: "no run to resume",
      arguments: ["train-classifier", "--resume", "--output", "/tmp/never.h5"],
      says: ["/tmp/never.h5: holds no run to resume"]),
    Case(
      testDescription: "a picture smaller than a network can read",
      arguments: ["bench", "--backbone", "vgg16", "--size", "8", "8"], says: ["block4_pool"]),
    Case(
      testDescription: "a detector's bench that freezes a layer that there is not",
      arguments: ["bench", "--backbone", "mobilenet_v1", "--alpha", "0.25", "--detector"]
        + ["--train", "--freeze", "conv99"], says: ["conv99"]),
  ]

  @Test(arguments: cases)
  func failure(_ test: Case) throws {
    let run = try ZooProcess(test.arguments)
    #expect(run.status == test.status)
    #expect(run.output.isEmpty)
    for text in test.says { #expect(run.errors.contains(text), "\(run.errors)") }
    // A line for the error; the usage follows where the command line was wrong.
    let lines = run.errors.split(separator: "\n")
    #expect(lines.first?.hasPrefix("Error: ") == true)
    if test.status == 1 { #expect(lines.count == 1, "\(run.errors)") }
    #expect(!FileManager.default.fileExists(atPath: "/tmp/never.h5"))
  }
}
