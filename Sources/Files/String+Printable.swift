extension String {
  /// The text on one line, with a question mark for each character that would upset a terminal.
  ///
  /// Names in damaged files may hold any.
  package var printable: String {
    String(String.UnicodeScalarView(unicodeScalars.map { $0.isPrintable ? $0 : "?" }))
  }

  /// The text, or its beginning, fit to be shown.
  package var shortened: String {
    let shown = String(String.UnicodeScalarView(unicodeScalars.prefix(80))).printable
    return unicodeScalars.count > 80 ? shown + "…" : shown
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
