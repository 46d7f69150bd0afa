internal import Files
internal import Importing

/// Reads which constants of a message `GraphDef` are weights, and where their numbers are.
struct GraphReader {
  /// The weights in the order of the graph.
  private(set) var variables: [TensorFlowVariable] = []
  /// Where the weights' numbers are, by name.
  private(set) var numbers: [String: NumberLocation] = [:]
  /// Whether there are variables that are no constants.
  private(set) var hasVariables = false
  /// Whether there are constants that TensorFlow 2 made of variables: those have the names of what
  /// reads them, which differ from one version to the next.
  private(set) var hasNamelessVariables = false

  /// What of a node is of use here.
  private struct Node {
    var name = ""
    var operation = ""
    var inputs: [String] = []
    /// The message with a constant's numbers.
    var tensor: Range<Int>?
  }

  /// Whether a file begins with a node: a name, then an operation.
  static func isGraph(_ file: FileWindow) throws -> Bool {
    var graph = ProtobufCursor(
      file, in: 0..<file.byteCount, place: .init(file: file.path, object: "graph"))
    do {
      guard let (field, value) = try graph.next(), field == 1, let range = value.range,
        !range.isEmpty
      else { return false }
      let node = try node(graph.inner(range))
      return !node.name.isEmpty && node.operation.first?.isUppercase ?? (node.name.first == "_")
    } catch ImportError.damaged {
      return false
    }
  }

  init(_ file: FileWindow) throws {
    var graph = ProtobufCursor(
      file, in: 0..<file.byteCount, place: .init(file: file.path, object: "graph"))
    var constants: [(name: String, tensor: Range<Int>)] = []
    // The constants that are read as variables are.
    var readers: [String: String] = [:]
    while let (field, value) = try graph.next() {
      guard field == 1, let range = value.range else { continue }
      let node = try Self.node(graph.inner(range))
      switch node.operation {
      case "Const":
        if let tensor = node.tensor { constants.append((node.name, tensor)) }
        if node.name.hasSuffix("/ReadVariableOp/resource") { hasNamelessVariables = true }
      case "Identity", "ReadVariableOp":
        if let input = node.inputs.first { readers[input] = node.name }
      case "Variable", "VariableV2", "VarHandleOp": hasVariables = true
      default: break
      }
    }
    for constant in constants {
      guard let name = Self.variable(constant.name, reader: readers[constant.name]) else {
        continue
      }
      let place = ProtobufCursor<FileWindow>.Place(file: file.path, object: constant.name)
      let message = ProtobufCursor(file, in: constant.tensor, place: place)
      guard let tensor = try TensorMessage(message) else { continue }
      guard numbers.updateValue(tensor.numbers, forKey: constant.name) == nil else {
        throw place.damaged("the graph has it twice")
      }
      variables.append(
        TensorFlowVariable(
          path: constant.name, name: name, shape: tensor.shape, type: tensor.type))
    }
  }

  /// The name of the variable that a constant was; nil if it was none.
  ///
  /// `reader` is the node that hands its value on, if there is one.
  private static func variable(_ constant: String, reader: String?) -> String? {
    if reader == "\(constant)/read" { return constant }
    let last = constant.split(separator: "/").last.map(String.init) ?? constant
    if variableNames.contains(last) { return constant }
    return nil
  }

  private static let variableNames: Set = [
    "weights", "biases", "depthwise_weights", "pointwise_weights", "gamma", "beta",
    "moving_mean", "moving_variance", "kernel", "bias", "depthwise_kernel", "pointwise_kernel",
  ]

  private static func node(
    _ message: ProtobufCursor<FileWindow>
  ) throws -> Node {
    var message = message
    var node = Node()
    while let (field, value) = try message.next() {
      switch (field, value) {
      case (1, .range(let range)): node.name = try message.text(range)
      case (2, .range(let range)): node.operation = try message.text(range)
      case (3, .range(let range)) where node.inputs.isEmpty:
        node.inputs.append(try message.text(range))
      case (5, .range(let range)):
        if let tensor = try tensor(message.inner(range)) { node.tensor = tensor }
      default: break
      }
    }
    return node
  }

  /// The tensor of an attribute, if it is the one with the constant's value.
  private static func tensor(
    _ message: ProtobufCursor<FileWindow>
  ) throws -> Range<Int>? {
    var message = message
    var (key, tensor) = ("", Range<Int>?.none)
    while let (field, value) = try message.next() {
      switch (field, value) {
      case (1, .range(let range)): key = try message.text(range)
      case (2, .range(let range)):
        var attribute = message.inner(range)
        while let (field, value) = try attribute.next() {
          if field == 8, let range = value.range { tensor = range }
        }
      default: break
      }
    }
    return key == "value" ? tensor : nil
  }
}
