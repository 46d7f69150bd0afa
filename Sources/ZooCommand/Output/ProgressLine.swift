import Glibc

/// How far long work has come, on standard error.
///
/// On a terminal it is one line that changes; elsewhere a new line now and then.
struct ProgressLine {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var shown: ContinuousClock.Instant?
  private var isOpen = false

  /// Shows a state of the work, unless another has been shown just before.
  ///
  /// - Parameters:
  ///   - share: How much of the work is done, from 0 to 1.
  ///   - text: What else to say.
  mutating func update(_ share: Double, _ text: String) {
    let now = ContinuousClock.now
    let pause = isTerminal ? Duration.milliseconds(100) : .seconds(10)
    if let shown, now - shown < pause { return }
    // Not on a terminal, the first line comes after the first pause.
    defer { shown = now }
    guard isTerminal else {
      if shown != nil { write("\(percent(share))  \(text)\n") }
      return
    }
    let line = "\(bar(share)) \(percent(share))  \(text)"
    write("\r\u{1B}[K" + line.prefix(max(20, Self.columns - 1)))
    isOpen = true
  }

  /// Shows how many of so many are done.
  mutating func update(_ verb: String, _ done: Int, of count: Int) {
    update(Double(done) / Double(count), "\(verb) \(done)/\(count)")
  }

  /// Takes the line away, or leaves it to the past.
  mutating func clear() {
    if isOpen { write("\r\u{1B}[K") }
    isOpen = false
  }

  /// Prints a line that stays.
  mutating func print(_ line: String) {
    clear()
    write(line + "\n")
  }

  private func bar(_ share: Double) -> String {
    let done = Int((share * 10).rounded(.down))
    return "[" + String(repeating: "#", count: done) + String(repeating: "·", count: 10 - done)
      + "]"
  }

  private func percent(_ share: Double) -> String {
    let number = "\(Int((share * 100).rounded(.down)))"
    return String(repeating: " ", count: 3 - min(3, number.count)) + number + " %"
  }

  private func write(_ text: String) {
    var text = text
    text.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  private static var columns: Int {
    var size = winsize()
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
      ? Int(size.ws_col) : 80
  }
}

extension Duration {
  /// The time as a person says it: `42 s`, `3 min 05 s`, `2 h 10 min`.
  var text: String {
    let seconds = Int((self / .seconds(1)).rounded())
    func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    if seconds < 60 { return "\(seconds) s" }
    if seconds < 3600 { return "\(seconds / 60) min \(padded(seconds % 60)) s" }
    return "\(seconds / 3600) h \(padded(seconds / 60 % 60)) min"
  }
}
