import Downloads

/// How far a download has come, on standard error.
struct DownloadLine {
  private let name: String
  private var line = ProgressLine()

  /// Makes a line, which appears with the first event.
  ///
  /// - Parameter name: What is downloaded.
  init(_ name: String) { self.name = name }

  /// Shows what a download tells.
  mutating func show(_ event: DownloadEvent) {
    switch event {
    case .progress(let progress): line.update(progress.share, "\(name)  \(progress.text)")
    case .retrying(let error, let pause):
      line.print("\(error.problem); trying again in \(pause.text)")
    case .waiting(let file): line.print("\(file): another process downloads it; waiting")
    case .unpacking(let read, let total):
      let text = "unpacking \(megabytes(read)) of \(megabytes(total)) MB"
      line.update(Double(read) / Double(max(total, 1)), "\(name)  \(text)")
    case .withoutChecksum(let compared):
      let found = compared == .gzip ? "gzip's own was compared" : "its length was compared"
      line.print("\(name): the publisher gives no checksum; \(found)")
    }
  }

  /// Takes the line away.
  mutating func clear() { line.clear() }
}

extension DownloadProgress {
  /// How much has come, from 0 to 1; 0 if it is not known of how much.
  fileprivate var share: Double {
    guard let total, total > 0 else { return 0 }
    return min(1, Double(received) / Double(total))
  }

  /// For example `12.3 of 98.1 MB  4.5 MB/s  19 s left`.
  fileprivate var text: String {
    let whole = total.map { " of \(megabytes($0))" } ?? ""
    var parts = ["\(megabytes(received))\(whole) MB"]
    if let rate { parts.append("\(megabytes(Int(rate))) MB/s") }
    if let remaining { parts.append("\(remaining.text) left") }
    return parts.joined(separator: "  ")
  }
}

private func megabytes(_ bytes: Int) -> String {
  let tenths = (bytes + 50_000) / 100_000
  return "\(tenths / 10).\(tenths % 10)"
}
