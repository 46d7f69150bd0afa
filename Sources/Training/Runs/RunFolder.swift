internal import Datasets
internal import Files
internal import FoundationEssentials
internal import Glibc

/// A line of `metrics.jsonl`, with what of it TensorBoard shows.
protocol RunMetric: Encodable {
  /// Steps done.
  var step: Int { get }
  /// Numbers by name, in which a slash begins a group.
  var scalars: [(tag: String, value: Float)] { get }
}

/// The folder that a run fills.
///
/// One process at a time: the log is locked while it is open.
final class RunFolder {
  let path: String
  private let log: CInt
  private let metrics: CInt
  private var events: EventFile?

  var lastCheckpoint: String { "\(path)/last.h5" }
  var bestCheckpoint: String { "\(path)/best.h5" }
  /// The weights that a run began with, where a later phase begins with them again.
  var firstCheckpoint: String { "\(path)/first.h5" }
  /// What was proposed for a phase that trains on regions.
  func proposals(_ phase: Int) -> String { "\(path)/proposals\(phase + 1).h5" }
  private var metricsFile: String { "\(path)/metrics.jsonl" }
  private var logFile: String { "\(path)/log.txt" }
  private var eventFile: String { "\(path)/events.out.tfevents.zoo" }

  /// Refuses a folder that holds a run.
  ///
  /// - Throws: ``TrainingError/run(path:reason:)``.
  static func checkIsFree(_ path: String) throws(TrainingError) {
    if ["last.h5", "best.h5"].contains(where: { FileKind("\(path)/\($0)") == .file }) {
      throw .run(
        path: path, reason: "holds a run already; go on with --resume, or choose another --output")
    }
  }

  /// Makes the folder of a new run.
  ///
  /// - Throws: ``TrainingError/run(path:reason:)`` if it holds a run already, `FileError` if the folder
  ///   cannot be made.
  init(creating path: String) throws {
    try Self.checkIsFree(path)
    try Folder.make(path)
    self.path = path
    (log, metrics) = try Self.openLogs(in: path, flags: O_TRUNC)
    events = try EventFile(path: eventFile, startTime: Self.now)
  }

  /// Opens the folder of a run that is to go on.
  ///
  /// - Throws: ``TrainingError/run(path:reason:)`` if another process is at work there.
  init(resuming path: String) throws {
    self.path = path
    (log, metrics) = try Self.openLogs(in: path, flags: 0)
    removeUnfinishedFiles()
  }

  deinit {
    close(metrics)
    // A child process that was just made may have the file too, and would keep the lock.
    flock(log, LOCK_UN)
    close(log)
  }

  private static func openLogs(
    in path: String, flags: CInt
  ) throws(TrainingError) -> (log: CInt, metrics: CInt) {
    // Emptied only when it is certain that nobody else writes to it.
    let mode = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC
    let log = open("\(path)/log.txt", mode, 0o644)
    guard log >= 0 else { throw .system("\(path)/log.txt") }
    guard flock(log, LOCK_EX | LOCK_NB) == 0 else {
      close(log)
      throw .run(path: path, reason: "another process is training here; wait for it or stop it")
    }
    if flags & O_TRUNC != 0 { ftruncate(log, 0) }
    let metrics = open("\(path)/metrics.jsonl", mode | flags, 0o644)
    guard metrics >= 0 else {
      let error = TrainingError.system("\(path)/metrics.jsonl")
      close(log)
      throw error
    }
    return (log, metrics)
  }

  /// What a killed process was writing has no name that anybody reads.
  private func removeUnfinishedFiles() {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let ours = ["last.h5.", "best.h5.", "first.h5.", "proposals", "config.json.", "data.json."]
    for name in names where name.hasSuffix(".part") && ours.contains(where: name.hasPrefix) {
      unlink("\(path)/\(name)")
    }
  }

  // MARK: Settings and data

  func writeSettings(_ settings: some RunSettings) throws {
    try ReplacedFile.write(try Self.pretty(settings), to: "\(path)/config.json")
  }

  func writeData(_ data: some RunData) throws {
    try ReplacedFile.write(try Self.pretty(data), to: "\(path)/data.json")
  }

  static func settings<Settings: RunSettings>(in path: String) throws -> Settings {
    try json("\(path)/config.json").settings()
  }

  static func data<Kept: RunData>(in path: String) throws -> Kept {
    try json("\(path)/data.json").value()
  }

  private static func pretty(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder.zoo()
    encoder.outputFormatting.insert(.prettyPrinted)
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
  }

  private static func json(_ path: String) throws(FileError) -> KeptJSON {
    KeptJSON(
      text: String(decoding: try OpenFile(reading: path).contents(), as: UTF8.self), path: path,
      owner: "run")
  }

  // MARK: Lines

  /// Adds a line to the log.
  func log(_ line: String) throws(TrainingError) {
    try Self.append("\(line)\n", to: log, path: logFile)
  }

  /// Adds a line to the metrics.
  func append(_ metric: some RunMetric) throws {
    let line = String(decoding: try JSONEncoder.zoo().encode(metric), as: UTF8.self)
    try Self.append("\(line)\n", to: metrics, path: metricsFile)
    try events?.append(step: metric.step, wallTime: Self.now, scalars: metric.scalars)
  }

  private static func append(
    _ line: String, to descriptor: CInt, path: String
  ) throws(TrainingError) {
    guard Array(line.utf8).withUnsafeBytes({ writeWhole($0, to: descriptor) }) else {
      throw .system(path)
    }
  }

  /// Waits until the metrics are on the disk, before a checkpoint that comes after them.
  func synchronise() throws(TrainingError) {
    guard fsync(metrics) == 0 else { throw .system(metricsFile) }
    try events?.synchronise()
  }

  /// Seconds since 1970.
  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// Takes back the metrics of what has been lost with the process.
  func cutMetrics(afterStep step: Int, measuredEpochs: Int) throws {
    struct Line: Decodable {
      let step: Int
      let epoch: Int?
    }
    let text = String(
      decoding: try OpenFile(reading: metricsFile).contents(), as: UTF8.self)
    var length = 0
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      guard let entry = try? JSONDecoder.zoo().decode(Line.self, from: Data(line.utf8)),
        entry.step <= step, entry.epoch.map({ $0 <= measuredEpochs }) ?? true
      else { break }
      length += line.utf8.count + 1
    }
    guard ftruncate(metrics, off_t(length)) == 0 else { throw TrainingError.system(metricsFile) }
    events = try EventFile(resuming: eventFile, after: step, startTime: Self.now)
  }
}
