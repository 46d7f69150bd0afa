extension String {
  /// The text, or its beginning, without characters that would upset a terminal.
  package var shortened: String {
    let shown = String(
      String.UnicodeScalarView(
        unicodeScalars.prefix(80).map { $0.value < 0x20 || $0.value == 0x7F ? "?" : $0 }))
    return unicodeScalars.count > 80 ? shown + "…" : shown
  }
}
