internal import COneDNN

/// One oneDNN primitive with the memory it is bound to.
///
/// Used on the compute thread only.
final class Primitive {
  let handle: OpaquePointer
  private let layer: String

  /// Compiles a primitive by calling one of COneDNN's functions.
  init(
    layer: String, create: (UnsafeMutablePointer<onednn_error>) -> OpaquePointer?
  ) throws(EngineError) {
    var error = onednn_error()
    guard let handle = create(&error) else {
      throw EngineError.operation(layer: layer, reason: error.text)
    }
    (self.handle, self.layer) = (handle, layer)
  }

  deinit { onednn_primitive_destroy(handle) }

  /// The name of oneDNN's implementation, as `DNNL_VERBOSE=1` prints it.
  var implementation: String { String(cString: onednn_primitive_implementation(handle)) }

  /// How much memory an operand takes, in bytes; 0 if the primitive has none such.
  func size(of role: onednn_role) -> Int { onednn_primitive_size(handle, role) }

  func bind(_ role: onednn_role, at index: Int32 = 0, to bytes: UnsafeRawPointer) {
    onednn_primitive_bind(handle, role, index, bytes)
  }

  func execute() throws(EngineError) {
    var error = onednn_error()
    guard onednn_primitive_execute(handle, &error) else {
      throw EngineError.operation(layer: layer, reason: error.text)
    }
  }
}

extension onednn_error {
  /// The message.
  var text: String {
    withUnsafeBytes(of: message) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
