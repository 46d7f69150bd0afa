import FoundationEssentials
import Glibc

/// Damages files of weights and looks whether a reader crashes, hangs, or takes too much memory.
///
///     WeightFuzzer --seconds N --seed S [--corpus FOLDER] [--keep FOLDER] FILE…
///
/// With no seconds the files are only opened as they are, and what is said of them is shown. The exit status is 1 if anything was found.
@main enum WeightFuzzer {
  private static let usage =
    "usage: WeightFuzzer --seconds N --seed S [--corpus FOLDER] [--keep FOLDER] FILE…\n"

  static func main() {
    var options: [String: String] = [:]
    var paths: [String] = []
    var arguments = CommandLine.arguments.dropFirst()
    while let argument = arguments.popFirst() {
      if argument.hasPrefix("--") {
        guard ["--seconds", "--seed", "--corpus", "--keep"].contains(argument),
          let value = arguments.popFirst()
        else { quit() }
        options[argument] = value
      } else {
        paths.append(argument)
      }
    }
    guard let seconds = Double(options["--seconds"] ?? "0"),
      let seed = UInt64(options["--seed"] ?? "0")
    else { quit() }
    for folder in [options["--corpus"], options["--keep"]].compactMap({ $0 }) {
      try? FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    }
    if let corpus = options["--corpus"] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: corpus)) ?? []
      paths += names.sorted().map { "\(corpus)/\($0)" }
    }
    let files = paths.compactMap { path in
      let file = FileSet(path: path)
      if file == nil { say("WeightFuzzer: \(path): cannot be read, or is too large\n", to: 2) }
      return file
    }
    guard !files.isEmpty else { quit() }
    let base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    let folder = "\(base)/WeightFuzzer-\(getpid())"
    mkdir(folder, 0o700)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var campaign = Campaign(
      files: files, seed: seed, folder: folder, corpus: options["--corpus"],
      keep: options["--keep"])
    campaign.runUndamaged(isVerbose: seconds == 0)
    campaign.run(seconds: seconds)
    campaign.printFigures()
    try? FileManager.default.removeItem(atPath: folder)
    exit(campaign.findingCount == 0 ? 0 : 1)
  }

  private static func quit() -> Never {
    say(usage, to: 2)
    exit(2)
  }
}

/// Writes a line or several, at once: a log is read while it grows.
func say(_ text: String, to descriptor: Int32 = 1) {
  var text = text
  text.withUTF8 { _ = write(descriptor, $0.baseAddress, $0.count) }
}
