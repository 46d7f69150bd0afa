internal import COneDNN

/// The type in which activations and weights are multiplied; sums are float32 in both.
public enum Precision: String, CaseIterable, Sendable {
  case float32 = "f32"
  /// Half the memory of float32 and 8 bits of precision.
  case bfloat16 = "bf16"

  /// What this machine multiplies fastest.
  public static var fastest: Precision { onednn_has_bfloat16() ? .bfloat16 : .float32 }

  /// - Throws: ``EngineError/precision(_:instructionSet:)`` if this machine cannot multiply in it.
  func checkMachine() throws(EngineError) {
    guard self == .float32 || onednn_has_bfloat16() else {
      throw EngineError.precision(self, instructionSet: String(cString: onednn_instruction_set()))
    }
  }
}
