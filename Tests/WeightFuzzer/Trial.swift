import Glibc
import Importing
import Tensors
import WeightFormats

/// What became of one damaged file.
struct Outcome {
  enum Fault: UInt64 {
    case none
    case memory
    /// A message of several lines, or that does not begin with the file's path.
    case message
  }

  var fault = Fault.none
  /// Where the reader got to: the message without names and numbers.
  var signature: UInt64 = 0
  /// How long it took.
  var milliseconds: UInt64 = 0
}

/// Opens a file as any command does, and reads all of it.
///
/// - Parameters:
///   - path: The file.
///   - byteCount: The length of all the files that belong to it.
///   - isVerbose: Whether messages are written out.
/// - Returns: What became of it.
func tryFile(_ path: String, byteCount: Int, isVerbose: Bool = false) -> Outcome {
  var outcome = Outcome()
  let before = Memory.now()
  Memory.resetPeak()
  do {
    let file = try WeightFormats.open(path)
    var text = "ok \(file.form.count) \(file.warnings.count) \(file.architecture == nil)"
    text += " \(min(file.tensors.count, 8))"
    for tensor in file.tensors where tensor.elementType != nil {
      do {
        let read = tensor.layout.apply(to: try file.read(tensor))
        precondition(read.shape == tensor.shape, "another shape than was said")
      } catch {
        if isVerbose { say("\(error)\n") }
        text += skeleton("\(error)")
        if !isClear("\(error)", path) { outcome.fault = .message }
        break
      }
    }
    outcome.signature = hash(text)
  } catch {
    let text = "\(error)"
    if isVerbose { say(text + "\n") }
    outcome.signature = hash(skeleton(text))
    if !isClear(text, path) { outcome.fault = .message }
  }
  if isVerbose { say(Memory.now().difference(from: before) + "\n") }
  // Twice the file, and what a small file may need for itself.
  if Memory.now().exceeds(before, by: 2 * byteCount + Memory.allowance) { outcome.fault = .memory }
  return outcome
}

private func isClear(_ message: String, _ path: String) -> Bool {
  let folder = path.lastIndex(of: "/").map { path[..<$0] } ?? ""
  return message.hasPrefix(folder) && !message.contains { $0.isNewline || $0 == "\0" }
    && message.utf8.count < 4000
}

/// A message without what differs from file to file.
private func skeleton(_ message: String) -> String {
  var words: [Substring] = []
  for word in message.split(separator: " ").dropFirst().prefix(16)
  where word.allSatisfy({ $0.isLetter || $0 == "," || $0 == "'" || $0 == ";" }) {
    words.append(word)
  }
  return words.joined(separator: " ")
}

private func hash(_ text: String) -> UInt64 {
  // FNV-1a; Swift's own differs from run to run.
  text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 } | 1
}

/// How much memory this process has taken.
struct Memory {
  /// The most pages that were there at once, in bytes.
  let peakResident: Int
  /// The most that was asked for, used or not.
  let peakAddresses: Int
  let resident: Int
  let addresses: Int
  /// The most that any process had that this one made and that has ended.
  let peakOfChildren: Int

  /// What libhdf5 and libc take for themselves.
  static let allowance = 24 << 20

  static func now() -> Memory {
    var values: [String: Int] = [:]
    for line in text(of: "/proc/self/status").split(separator: "\n") where line.hasPrefix("Vm") {
      let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == ":" })
      if words.count > 1, let number = Int(words[1]) { values[String(words[0])] = number << 10 }
    }
    var usage = rusage()
    getrusage(__rusage_who_t(-1), &usage)  // RUSAGE_CHILDREN
    return Memory(
      peakResident: values["VmHWM", default: 0], peakAddresses: values["VmPeak", default: 0],
      resident: values["VmRSS", default: 0], addresses: values["VmSize", default: 0],
      peakOfChildren: usage.ru_maxrss << 10)
  }

  /// Whether more was taken since, as far as it can be seen: the peak of addresses stays.
  func exceeds(_ before: Memory, by allowance: Int) -> Bool {
    peakResident > before.resident + allowance
      || (peakOfChildren > before.peakOfChildren && peakOfChildren > before.resident + allowance)
      || (peakAddresses > before.peakAddresses && peakAddresses > before.addresses + allowance)
  }

  /// What was taken since, in words.
  func difference(from before: Memory) -> String {
    "\((peakResident - before.resident) >> 20) MB used, "
      + "\(max(peakAddresses - before.addresses, 0) >> 20) MB of addresses at most, "
      + "\(max(peakOfChildren - before.resident, 0) >> 20) MB in a child process"
  }

  static func resetPeak() {
    let descriptor = open("/proc/self/clear_refs", O_WRONLY)
    guard descriptor >= 0 else { return }
    _ = write(descriptor, "5", 1)
    close(descriptor)
  }

  private static func text(of path: String) -> String {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(descriptor, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
  }
}
