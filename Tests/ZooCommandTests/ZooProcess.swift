import Foundation
import Testing

/// One run of the built program.
struct ZooProcess {
  let status: Int32
  let output: String
  let errors: String

  /// Runs `zoo` with these arguments and waits for it.
  ///
  /// - Parameters:
  ///   - arguments: The command line.
  ///   - environment: Variables besides those of the tests.
  ///   - signal: A signal to send, once `moment` says so.
  ///   - moment: Asked again and again until it is true or the program has ended.
  /// - Throws: What keeps the program from being started.
  init(
    _ arguments: [String], environment: [String: String] = [:], signal: Int32? = nil,
    at moment: () -> Bool = { true }
  ) throws {
    let process = Process()
    process.executableURL = Self.program
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment
      .merging(["COLUMNS": "80"]) { $1 }.merging(environment) { $1 }
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    try process.run()
    // Both pipes at once: a full one would stop the program.
    nonisolated(unsafe) var errorData = Data()
    let reading = Thread { errorData = errors.fileHandleForReading.readDataToEndOfFile() }
    reading.start()
    if let signal {
      while process.isRunning && !moment() { usleep(1000) }
      kill(process.processIdentifier, signal)
    }
    let outputData = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    while !reading.isFinished { usleep(200) }
    status = process.terminationStatus
    self.output = String(decoding: outputData, as: UTF8.self)
    self.errors = String(decoding: errorData, as: UTF8.self)
  }

  /// What the program printed with `--json`.
  func decoded<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try #require(status == 0, "\(errors)")
    return try JSONDecoder().decode(type, from: Data(output.utf8))
  }

  /// The program, which the build puts beside the tests.
  private static var program: URL {
    URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      .appending(path: "zoo")
  }
}

/// The package's own folder.
let packageRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// The weights and photos that come with the package.
let shippedWeights = packageRoot.appending(
  path: "zoo/assets/mobilenet_1_0_224_imagenet.float16.h5"
).path
let shippedPhotos = ["chelsea_224.png", "coffee_224.png"].map {
  packageRoot.appending(path: "zoo/assets/\($0)").path
}

/// A folder that is gone when its last user is.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "zoo-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path }

  var contents: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
  }
}
