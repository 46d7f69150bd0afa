import FoundationEssentials
import Glibc
import Mutations

/// Damages files of every form in turn until the time is up.
///
/// Damaged files that bring a reader to a message not seen before are damaged further: so the readers
/// themselves lead to where little has been tried.
struct Campaign {
  private var sets: [String: [FileSet]] = [:]
  private var seen: [String: Set<UInt64>] = [:]
  private var figures: [String: Figures] = [:]
  private var generator: SeededGenerator
  private let folder: String
  private let keep: String?
  private let corpus: String?

  struct Figures {
    var cases = 0
    var time = 0.0
    var findings = 0
  }

  private static let casesABatch = 200
  private static let mostKept = 500

  init(files: [FileSet], seed: UInt64, folder: String, corpus: String?, keep: String?) {
    generator = SeededGenerator(seed: seed)
    (self.folder, self.corpus, self.keep) = (folder, corpus, keep)
    for file in files { sets[file.form, default: []].append(file) }
    for form in sets.keys { figures[form] = Figures() }
  }

  var findingCount: Int { figures.values.reduce(0) { $0 + $1.findings } }

  /// Opens every file as it is.
  mutating func runUndamaged(isVerbose: Bool) {
    for (form, files) in sets.sorted(by: { $0.key < $1.key }) {
      let batch = Batch(
        seed: 0, specimens: files, donors: files, folder: folder, isVerbose: isVerbose)
      run(batch, form, files.indices) { number in
        files[number].files.map { ($0.name, $0.specimen.bytes) }
      }
    }
  }

  /// Damages files for some seconds, each form as long as the others but for one.
  ///
  /// HDF5's newer form gets three times as much: there libhdf5 is on its own.
  mutating func run(seconds: Double) {
    let start = clockSeconds()
    while clockSeconds() - start < seconds {
      guard
        let form = figures.min(by: {
          (Self.turn($0.value.time, $0.key), $0.key) < (Self.turn($1.value.time, $1.key), $1.key)
        })?.key,
        let specimens = sets[form]
      else { return }
      let donors = generator.below(4) == 0 ? sets.values.flatMap { $0 } : specimens
      let batch = Batch(
        seed: generator.next(), specimens: specimens, donors: donors, folder: folder)
      run(batch, form, 0..<Self.casesABatch) { batch.files($0) }
    }
  }

  private static func turn(_ time: Double, _ form: String) -> Double {
    form == "HDF5, newer form" ? time / 3 : time
  }

  /// Runs a batch, and what was left of it after each death.
  private mutating func run(
    _ batch: Batch, _ form: String, _ cases: Range<Int>, files: (Int) -> [(String, [UInt8])]
  ) {
    var cases = cases
    while !cases.isEmpty {
      let (ending, outcomes, time) = batch.run(cases, seconds: 5, files: files)
      figures[form]?.time += time
      for (number, outcome) in zip(cases, outcomes) where outcome.signature != 0 {
        figures[form]?.cases += 1
        if outcome.fault != .none {
          report("\(outcome.fault)", form, files(number))
        } else if outcome.milliseconds < 500,
          seen[form, default: []].insert(outcome.signature).inserted
        {
          remember(files(number), form)
        }
      }
      guard case .died(let signal, let number) = ending else { return }
      figures[form]?.cases += 1
      // Alone, and with all the time that the reader's own limits take.
      let again = batch.run(number..<(number + 1), seconds: 20, files: files)
      let isSlow = again.ending == .done
      let reason =
        signal == SIGPROF || signal == SIGALRM
        ? (isSlow ? "slow" : "time") : isSlow ? "signal \(signal), not again" : "signal \(signal)"
      report(reason, form, files(number))
      cases = (number + 1)..<cases.upperBound
    }
  }

  private mutating func remember(_ files: [(String, [UInt8])], _ form: String) {
    let size = files.reduce(0) { $0 + $1.1.count }
    guard sets[form, default: []].count < Self.mostKept, size < 100_000 else { return }
    let set = FileSet(
      form: form, entry: files[0].0, files: files.map { ($0.0, Specimen($0.1)) })
    sets[form, default: []].append(set)
    if let corpus, files.count == 1 {
      let name = "\(Self.plain(form))-\(Self.digest(files))"
      write(files[0].1, to: "\(corpus)/\(name)-\(files[0].0.split(separator: "-").last ?? "")")
    }
  }

  private mutating func report(_ reason: String, _ form: String, _ files: [(String, [UInt8])]) {
    figures[form]?.findings += 1
    var line = "finding: \(reason): \(form): \(files[0].0)"
    if let keep, (figures[form]?.findings ?? 0) <= 20 {
      let place = "\(keep)/\(Self.plain(reason))-\(Self.plain(form))-\(Self.digest(files))"
      mkdir(place, 0o700)
      for (name, bytes) in files { write(bytes, to: "\(place)/\(name)") }
      line += " in \(place)"
    }
    say(line + "\n")
  }

  /// Writes a line for each form.
  func printFigures() {
    for (form, figures) in figures.sorted(by: { $0.key < $1.key }) {
      let rate = figures.time > 0 ? Int(Double(figures.cases) / figures.time) : 0
      say(
        "\(form): \(figures.cases) cases, \(figures.time) s, \(rate) cases/s, "
          + "\(seen[form]?.count ?? 0) messages, \(figures.findings) findings\n")
    }
  }

  private static func plain(_ text: String) -> String {
    String(text.map { $0.isLetter || $0.isNumber ? $0 : "_" })
  }

  private static func digest(_ files: [(String, [UInt8])]) -> String {
    let hash = files.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { hash, file in
      file.1.reduce(hash) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
    return String(hash, radix: 16)
  }
}
