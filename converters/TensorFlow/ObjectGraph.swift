internal import Importing

/// What an object-based checkpoint says of its variables: the full name behind each key.
///
/// Keys go by attributes of Python objects, `layer_with_weights-0/kernel/.ATTRIBUTES/VARIABLE_VALUE`;
/// the names that the variables themselves have, `conv1/kernel`, are in a message
/// `TrackableObjectGraph`.
struct ObjectGraph {
  /// The full names by key.
  private(set) var names: [String: String] = [:]

  init(_ message: ProtobufCursor<ByteArray>) throws {
    var message = message
    while let (field, value) = try message.next() {
      guard field == 1, let range = value.range else { continue }
      var node = message.inner(range)
      while let (field, value) = try node.next() {
        guard field == 2, let range = value.range else { continue }
        try readAttribute(node.inner(range))
      }
    }
  }

  private mutating func readAttribute(
    _ message: ProtobufCursor<ByteArray>
  ) throws {
    var message = message
    var (name, key) = ("", "")
    while let (field, value) = try message.next() {
      switch (field, value) {
      case (2, .range(let range)): name = try message.text(range)
      case (3, .range(let range)): key = try message.text(range)
      default: break
      }
    }
    names[key] = name
  }

  /// The variables under the names that say the layer, where these say it.
  ///
  /// - Throws: ``ImportError/unreadableForm(file:form:advice:)`` if no variable's name has a layer in
  ///   it.
  func renamed(
    _ variables: [TensorFlowVariable], file: String
  ) throws -> [TensorFlowVariable] {
    var isNamed = false
    var hasNumbers = false
    let renamed = variables.map { variable in
      guard let name = names[variable.path] else { return variable }
      hasNumbers = hasNumbers || !variable.shape.isEmpty
      guard name.contains("/") else { return variable }
      isNamed = true
      return TensorFlowVariable(
        path: variable.path, name: name, shape: variable.shape, type: variable.type)
    }
    guard isNamed || !hasNumbers else {
      throw ImportError.unreadableForm(
        file: file, form: "a checkpoint of Python objects that names no layer",
        advice: "restore it in Python and save the model with model.save('x.keras')")
    }
    return renamed
  }
}
