extension String {
  /// The text on one line, with a question mark for each character that would upset a terminal.
  ///
  /// Names in damaged files may hold any.
  package var printable: String {
    String(String.UnicodeScalarView(unicodeScalars.map { $0.isPrintable ? $0 : "?" }))
  }
}

extension Unicode.Scalar {
  fileprivate var isPrintable: Bool {
    switch properties.generalCategory {
    // Among the characters of format are those that turn the direction of writing.
    case .control, .format, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
}
