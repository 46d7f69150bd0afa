import Importing
import Layers
import Tensors
import Testing
import Zoo

@Suite struct GuessTests {
  static let networks: [(String, any FeatureExtractor)] = [
    ("resnet50_v1", ResNet(.fifty)), ("resnet101_v1", ResNet(.oneHundredOne)),
    ("resnet152_v1", ResNet(.oneHundredFiftyTwo)), ("vgg16", VGG(.sixteen)),
    ("mobilenet_v1", MobileNet()),
  ]

  private var candidates: [ImportCandidate] {
    Self.networks.map { name, network in
      ImportCandidate(name) { try network.parameters() }
    }
  }

  private func file(_ network: any FeatureExtractor, without left: Int = 0) throws -> MemoryFile {
    MemoryFile(
      try network.parameters().dropLast(left).map { tensor($0.name, $0.shape) })
  }

  @Test("A file of another network is refused with what it looks like", arguments: [0, 2])
  func guesses(left: Int) throws {
    let target = ImportTarget(
      try Graph(ResNet(.fifty).stages, input: ResNet(.fifty).imageShape))
    for (name, network) in Self.networks.dropFirst() {
      let file = try file(network, without: left)
      let report = failingReport {
        _ = try file.parameters(for: target, candidates: candidates)
      }
      #expect(report?.guess == name)
      let error = report.map { ImportError.incomplete(file: "f", report: $0).description }
      #expect(error?.hasSuffix("; this looks like \(name)") == true, "\(error ?? "")")
    }
  }

  @Test("A file that looks like none is refused without a guess, and candidates are made only then")
  func noGuess() throws {
    let target = ImportTarget(try graph { Conv2D("a", 1, 4, bias: false) })
    let other = MemoryFile(kernels: [("b", [7, 7, 1, 1])])
    let report = failingReport {
      _ = try other.parameters(for: target, candidates: candidates)
    }
    #expect(report?.missing == ["a/kernel"])
    #expect(report?.guess == nil)
    var made = 0
    let counting = ImportCandidate("x") {
      made += 1
      return []
    }
    let right = MemoryFile(kernels: [("a", [1, 1, 3, 4])])
    _ = try right.parameters(for: target, candidates: [counting])
    #expect(made == 0)
  }

  @Test("Channels × height × width, flattened, becomes height × width × channels")
  func flattened() throws {
    let graph = try graph([1, 2, 3, 2]) {
      Flatten("flatten")
      Dense("dense", 1, bias: false)
    }
    let stored = StoredTensor(
      path: "/dense/kernel", layer: "dense", variable: "kernel", storedShape: [12, 1],
      elementType: .float32, typeName: "float32", readsChannelsFirst: true)
    let (parameters, report) = try CountingFile(tensors: [stored]).parameters(
      for: ImportTarget(graph))
    // Row (h, w, c) was row c · 6 + h · 3 + w.
    #expect(
      parameters["dense/kernel"]?.floats == [0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11])
    #expect(report.renamed.first?.rule == "the same name; rows from channels × height × width")
  }
}
