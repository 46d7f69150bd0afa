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
      testDescription: "a picture smaller than a network can read",
      arguments: ["bench", "--backbone", "vgg16", "--size", "8", "8"], says: ["block4_pool"]),
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
