import HDF5
import Importing
import KerasConverter
import Layers
import Tensors
import Testing

@testable import Training

@Suite struct ClassifierCheckpointTests {
  private let network = TinyNetwork(classes: 2)

  private func write(
    _ path: String, classes: [String] = ["a", "b"], state: Parameters? = nil
  ) throws -> (
    description: ClassifierDescription, progress: RunProgress<ClassifierScore>, Parameters
  ) {
    let graph = try Graph(network.stages, input: network.imageShape)
    let parameters = Initializer(seed: 3).parameters(of: graph)
    let description = ClassifierDescription(
      backbone: "tiny", configuration: BackboneConfiguration(alpha: 0.3), classes: classes,
      preprocessing: .caffe().resized(to: 12))
    var progress = RunProgress<ClassifierScore>()
    (progress.step, progress.measuredEpochs) = (7, 2)
    progress.best = ClassifierScore(epoch: 1, step: 3, accuracy: 1.0 / 3, loss: 0.1)
    try ClassifierCheckpoint.write(
      to: path, parameters: parameters, layers: KerasLayerOrder(graph).layers,
      description: description, progress: progress, optimizerState: state)
    return (description, progress, parameters)
  }

  @Test("What was written is read back to the bit, a state of the optimiser too")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/last.h5"
    var state = Parameters()
    state["stem_conv/kernel/momentum"] = Tensor(shape: [2], values: [.leastNonzeroMagnitude, 0.1])
    state["count"] = Tensor(shape: [], values: [3])
    let (description, progress, parameters) = try write(path, state: state)
    let checkpoint = try ClassifierCheckpoint(of: folder.path)
    #expect(checkpoint.description == description)
    #expect(checkpoint.progress == progress)
    let restored = try checkpoint.parameters(network.parameters())
    for (name, tensor) in parameters { #expect(restored[name]?.floats == tensor.floats) }
    let stored = try checkpoint.optimizerState(like: state)
    #expect(stored.names == state.names)
    for (name, tensor) in state { #expect(stored[name]?.floats == tensor.floats) }
    state["count"] = Tensor(shape: [1], values: [3])
    #expect(throws: TrainingError.self) { try checkpoint.optimizerState(like: state) }
    state["other"] = Tensor(shape: [1], values: [3])
    #expect(throws: TrainingError.self) { try checkpoint.optimizerState(like: state) }
  }

  @Test("Thousands of classes in any alphabet fit, though no attribute holds them all")
  func manyClasses() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/best.h5"
    let classes = (0..<9000).map { "Bücher, \"quoted\" und 図書館 \($0)" }
    _ = try write(path, classes: classes)
    #expect(try ClassifierCheckpoint(of: path).description.classes == classes)
    #expect(try HDF5File(reading: path).attributes(of: "/zoo").count > 3)
  }

  @Test("Texts are cut between characters")
  func parts() {
    #expect("".parts(ofByteCount: 4) == [""])
    #expect("abcdef".parts(ofByteCount: 4) == ["abcd", "ef"])
    #expect("abcd".parts(ofByteCount: 4) == ["abcd"])
    #expect("aé図b".parts(ofByteCount: 4) == ["aé", "図b"])
    #expect("e\u{301}e\u{301}".parts(ofByteCount: 4).joined() == "e\u{301}e\u{301}")
  }

  @Test("What is no checkpoint of a classifier is refused by its name")
  func refusals() throws {
    let folder = try TemporaryFolder()
    func refusal(_ path: String) throws -> String {
      try #require(throws: TrainingError.self) { try ClassifierCheckpoint(of: path) }.description
    }
    #expect(try refusal(folder.path).hasPrefix("\(folder.path): holds no checkpoint"))
    let other = "\(folder.path)/other.h5"
    try HDF5File.write(to: other) { try $0.createGroup("/zoo") }
    #expect(try refusal(other).hasPrefix("\(other): is no checkpoint of a classifier"))
    for (text, says) in [
      ("{", "cannot be understood where it describes the classifier"),
      ("[1]", "cannot be understood where it describes the classifier"),
      ("{}", "lacks the classifier's 'backbone'"),
      (#"{"backbone":"x","classes":[]}"#, "lacks the classifier's 'configuration'"),
    ] {
      try HDF5File.write(to: other) { file in
        try file.createGroup("/zoo")
        try file.setAttribute("classifier0", of: "/zoo", to: text)
      }
      #expect(try refusal(other).contains(says), "\(text)")
    }
    _ = try write(other, classes: ["one"])
    #expect(try refusal(other).contains("fewer than 2 classes"))
  }
}
