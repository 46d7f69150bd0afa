internal import Files
internal import Glibc

/// A log that TensorBoard reads: numbers by name, step and time.
///
/// TensorBoard looks for files with `tfevents` in their names. One process may write at a time.
public struct EventFile: ~Copyable {
  private let path: String
  private let descriptor: CInt
  /// The bytes of the file that are whole records.
  private var length: Int

  /// Makes a new file; one of that name is emptied.
  ///
  /// - Parameters:
  ///   - path: A name with `tfevents` in it.
  ///   - startTime: Seconds since 1970 when the run started.
  /// - Throws: ``TrainingError/run(path:reason:)`` with the system's reason.
  public init(path: String, startTime: Double) throws(TrainingError) {
    (descriptor, length) = try Self.opened(path, flags: O_WRONLY | O_TRUNC) {
      descriptor throws(TrainingError) in
      try Self.write(EventRecord.start(wallTime: startTime), to: descriptor, at: 0, path: path)
    }
    self.path = path
  }

  /// Opens the file of a run that goes on, and cuts off what lies beyond a step.
  ///
  /// All from the first record of a later step on goes, and so does a record that was still being
  /// written when the machine stopped. A file that is not there or empty is begun.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - step: The last step whose records stay.
  ///   - startTime: Seconds since 1970, for a file that has to be begun.
  /// - Throws: ``TrainingError/run(path:reason:)`` with the system's reason, or if the file is no
  ///   event file or damaged before its end; it stays as it is then.
  public init(resuming path: String, after step: Int, startTime: Double) throws(TrainingError) {
    (descriptor, length) = try Self.opened(path, flags: O_RDWR) {
      descriptor throws(TrainingError) in
      let file = try Self.contents(of: descriptor, path: path)
      let kept = try Self.length(of: file, upTo: step, path: path)
      guard kept == file.count || ftruncate(descriptor, kept) == 0 else { throw .system(path) }
      guard kept == 0 else { return kept }
      return try Self.write(
        EventRecord.start(wallTime: startTime), to: descriptor, at: 0, path: path)
    }
    self.path = path
  }

  deinit {
    close(descriptor)
  }

  /// Adds numbers of one step to the file.
  ///
  /// If the disk is full nothing of them stays there.
  ///
  /// - Parameters:
  ///   - step: The step, at least 0.
  ///   - wallTime: Seconds since 1970.
  ///   - scalars: Names, in which a slash begins a group, and numbers.
  /// - Throws: ``TrainingError/run(path:reason:)`` with the system's reason.
  public mutating func append(
    step: Int, wallTime: Double, scalars: [(tag: String, value: Float)]
  ) throws(TrainingError) {
    precondition(step >= 0, "a step before the first")
    length = try Self.write(
      EventRecord.scalars(scalars, step: step, wallTime: wallTime), to: descriptor, at: length,
      path: path)
  }

  /// Waits until the disk holds all that was added.
  ///
  /// - Throws: ``TrainingError/run(path:reason:)`` with the system's reason.
  public func synchronise() throws(TrainingError) {
    guard fsync(descriptor) == 0 else { throw .system(path) }
  }

  /// Opens a file for adding to its end, closed again if `body` throws.
  private static func opened(
    _ path: String, flags: CInt, body: (CInt) throws(TrainingError) -> Int
  ) throws(TrainingError) -> (descriptor: CInt, length: Int) {
    let descriptor = open(path, flags | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .system(path) }
    do throws(TrainingError) {
      return (descriptor, try body(descriptor))
    } catch {
      close(descriptor)
      throw error
    }
  }

  /// Adds bytes to the end of a file of a known length, all or none.
  ///
  /// - Returns: The new length.
  private static func write(
    _ bytes: [UInt8], to descriptor: CInt, at length: Int, path: String
  ) throws(TrainingError) -> Int {
    guard bytes.withUnsafeBytes({ writeWhole($0, to: descriptor) }) else {
      let error = TrainingError.system(path)
      // A half record would make all that follow unreadable.
      ftruncate(descriptor, length)
      throw error
    }
    return length + bytes.count
  }

  private static func contents(
    of descriptor: CInt, path: String
  ) throws(TrainingError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .system(path) }
      if count == 0 { return bytes }
      bytes += chunk.prefix(count)
    }
  }

  /// How many bytes hold whole records up to a step.
  private static func length(
    of file: [UInt8], upTo step: Int, path: String
  ) throws(TrainingError) -> Int {
    guard EventRecord.mayBegin(file) else {
      throw .run(
        path: path,
        reason: "is not an event file, expected \(EventRecord.version), "
          + "found \(file.count) other bytes; move it away")
    }
    var start = 0
    while case .message(let message, let end) = EventRecord.content(of: file, at: start) {
      guard let event = EventRecord.parsed(file[message]) else { break }
      guard start > 0 || event.version == EventRecord.version else {
        throw .run(
          path: path,
          reason: "is not an event file, expected \(EventRecord.version), "
            + "found \(event.version ?? "no version"); move it away")
      }
      if event.step > step { return start }
      start = end
    }
    guard EventRecord.content(of: file, at: start) == .end else {
      throw .run(
        path: path,
        reason: "the record at byte \(start) is damaged, expected a whole event, "
          + "found other bytes; move the file away to go on without it")
    }
    return start
  }
}
