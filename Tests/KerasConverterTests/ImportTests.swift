import HDF5
import Importing
import KerasConverter
import Layers
import Mutations
import Tensors
import Testing

@Suite struct ImportTests {
  /// A file of three layers, and the network that it is made for.
  static let network = [
    parameter("conv1/kernel", [1, 1, 3, 2]), parameter("conv1/bias", [2]),
    parameter("conv2/kernel", [1, 1, 2, 2]), parameter("conv2/bias", [2]),
    parameter("predictions/kernel", [2, 5]), parameter("predictions/bias", [5]),
  ]

  /// Calls `body` with a file of these parameters.
  private func withFile(
    of parameters: [ParameterSpecification], _ edit: (inout Parameters) -> Void = { _ in },
    _ body: (KerasFile) throws -> Void
  ) throws {
    var tensors = Parameters()
    for parameter in parameters {
      tensors[parameter.name] = Tensor(shape: parameter.shape, values: numbers(of: parameter))
    }
    edit(&tensors)
    try withTemporaryFolder { folder in
      try KerasWriter().write(tensors, layers: [], to: "\(folder)/weights.h5")
      try body(KerasFile("\(folder)/weights.h5"))
    }
  }

  @Test("Parameters come in the order they are asked for")
  func order() throws {
    try withFile(of: Self.network) { file in
      let needed = Array(Self.network.reversed())
      let (parameters, report) = try file.parameters(needed: needed, known: Self.network)
      #expect(parameters.names == needed.map(\.name))
      #expect(report.matched == needed.map(\.name))
      #expect(report.notNeeded == [])
    }
  }

  @Test("What the network knows and the caller does not need never fails, there or not")
  func notNeeded() throws {
    let needed = Array(Self.network[..<4])
    let known = needed + [parameter("predictions/kernel", [2, 1000])]
    try withFile(of: Array(Self.network.dropLast())) { file in
      let (parameters, report) = try file.parameters(needed: needed, known: known)
      #expect(parameters.names == needed.map(\.name))
      #expect(report.notNeeded == ["predictions/kernel"])
      #expect(report.unused == [])
    }
    try withFile(of: needed) { file in
      let report = try file.parameters(needed: needed, known: known).report
      #expect(report.missing == [])
    }
  }

  @Test("A missing parameter fails, with the nearest name of the file")
  func missing() throws {
    try withFile(of: Array(Self.network[2...]) + [parameter("conv_1/kernel", [1, 1, 3, 2])]) {
      file in
      let error = failure { try file.parameters(needed: Self.network, known: []) }
      #expect(
        error
          == "\(file.path): 2 parameters missing (conv1/kernel, conv1/bias); "
          + "1 tensor unused (conv_1/kernel); for conv1/kernel did you mean conv_1/kernel?; "
          + "choose the backbone it was made for, or allow these by name")
    }
  }

  @Test("Another network's file is taken for just that")
  func otherNetwork() throws {
    try withFile(of: [parameter("block1/kernel", [1])]) { file in
      let error = failure { try file.parameters(needed: Self.network, known: []) }
      #expect(error?.contains("6 parameters missing (") == true)
      #expect(error?.contains(", …)") == true)
      #expect(error?.hasSuffix("is this the checkpoint of another backbone?") == true)
    }
  }

  @Test("A tensor of another shape fails, though it has as many numbers")
  func wrongShape() throws {
    var needed = Self.network
    needed[0] = parameter("conv1/kernel", [1, 1, 2, 3])
    try withFile(of: Self.network) { file in
      let report = failingReport { _ = try file.parameters(needed: needed, known: []) }
      #expect(
        report?.wrongShape == [
          .init(parameter: "conv1/kernel", expected: [1, 1, 2, 3], found: [1, 1, 3, 2])
        ])
      let error = failure { try file.parameters(needed: needed, known: []) }
      #expect(
        error?.contains("(conv1/kernel expected [1, 1, 2, 3], found [1, 1, 3, 2])") == true)
    }
  }

  @Test(
    "A number that is not finite fails",
    arguments: [Float.nan, .signalingNaN, .infinity, -.infinity])
  func notFinite(number: Float) throws {
    // Where it stands must not matter to a search by vectors.
    for position in [0, 1, 9] {
      try withFile(
        of: Self.network,
        { parameters in
          var values = numbers(of: Self.network[4])
          values[position] = number
          parameters["predictions/kernel"] = Tensor(shape: [2, 5], values: values)
        }
      ) { file in
        let report = failingReport { _ = try file.parameters(needed: Self.network, known: []) }
        #expect(report?.notFinite == ["predictions/kernel"])
        #expect(report?.missing == [])
        let error = failure { try file.parameters(needed: Self.network, known: []) }
        #expect(
          error
            == "\(file.path): 1 tensor with infinity or not-a-number (predictions/kernel); "
            + "train or export the network again")
        // What is not read may be anything.
        _ = try file.parameters(needed: Array(Self.network[..<4]), known: Self.network)
      }
    }
  }

  @Test("The greatest finite numbers and negative zero pass")
  func extremes() throws {
    let values: [Float] = [.greatestFiniteMagnitude, -.greatestFiniteMagnitude]
    try withFile(
      of: Self.network, { $0["conv1/bias"] = Tensor(shape: [2], values: values) }
    ) { file in
      let parameters = try file.parameters(needed: Self.network, known: []).parameters
      #expect(parameters["conv1/bias"]?.floats == values)
    }
  }

  @Test("What is allowed by name may be missing or unused, and is reported")
  func allowance() throws {
    let extra = parameter("extra/kernel", [1])
    try withFile(of: Array(Self.network[..<4]) + [extra]) { file in
      let allowance = ImportAllowance(missing: ["predictions/*"], unused: ["extra/kernel"])
      let (parameters, report) = try file.parameters(
        needed: Self.network, known: [], allowing: allowance)
      #expect(parameters.names == Self.network[..<4].map(\.name))
      #expect(report.missing == ["predictions/kernel", "predictions/bias"])
      #expect(report.unused == ["extra/kernel"])

      // Only what is not allowed is complained of.
      let half = ImportAllowance(missing: ["predictions/b*"], unused: ["*"])
      let failing = failingReport {
        _ = try file.parameters(needed: Self.network, known: [], allowing: half)
      }
      #expect(failing?.missing == ["predictions/kernel"])
      #expect(failing?.unused == [])
    }
  }

  @Test("A pattern that fits nothing is an error")
  func idlePatterns() throws {
    try withFile(of: Self.network) { file in
      #expect(
        failure {
          try file.parameters(
            needed: Self.network, known: [], allowing: .init(missing: ["prediction/bias"]))
        }
          == "\(file.path): the pattern 'prediction/bias' fits no needed parameter; "
          + "did you mean predictions/bias or predictions/kernel?")
      #expect(
        failure {
          try file.parameters(needed: Self.network, known: [], allowing: .init(unused: ["x*"]))
        }?.contains("the pattern 'x*' fits no tensor of the file") == true)
    }
  }

  @Test("A tensor that has a name just so goes before one that has it inside a model")
  func exactNameFirst() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/weights.h5"
      try HDF5File.write(to: path) { file in
        let one = Tensor(shape: [1], values: [1])
        try file.setAttribute("layer_names", of: "/", to: ["model", "conv"])
        try file.write(one, at: "model/conv/kernel")
        try file.write(one, at: "model/other/kernel")
        try file.write(Tensor(shape: [1], values: [2]), at: "conv/conv/kernel")
        try file.setAttribute("weight_names", of: "conv", to: ["conv/kernel"])
        try file.setAttribute("weight_names", of: "model", to: ["conv/kernel", "other/kernel"])
      }
      let needed = [parameter("conv/kernel", [1]), parameter("other/kernel", [1])]
      let report = failingReport { _ = try KerasFile(path).parameters(needed: needed, known: []) }
      #expect(report?.unused.count == 1)
    }
  }
}
