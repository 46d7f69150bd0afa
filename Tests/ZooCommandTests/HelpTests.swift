import Foundation
import Testing

/// The help is part of the product: a change of it shows in a change's diff.
///
/// `ZOO_RECORD=1 swift test --filter HelpTests` writes the pages anew, and fails once.
@Suite struct HelpTests {
  @Test(arguments: [
    "", "list", "inspect", "convert", "classify", "features", "pull", "bench", "train", "evaluate",
    "detect", "data", "data check", "data show", "data scenes", "train-classifier",
  ])
  func help(command: String) throws {
    let run = try ZooProcess(command.split(separator: " ").map(String.init) + ["--help"])
    #expect(run.status == 0)
    #expect(run.errors.isEmpty)
    let file = packageRoot.appending(
      path: "Tests/ZooCommandTests/Fixtures/help/\(command.isEmpty ? "zoo" : command).txt")
    if ProcessInfo.processInfo.environment["ZOO_RECORD"] != nil {
      try run.output.write(to: file, atomically: true, encoding: .utf8)
      Issue.record("recorded \(file.lastPathComponent)")
    } else {
      #expect(run.output == (try String(contentsOf: file, encoding: .utf8)))
    }
  }

  @Test("Without a command the program says what it can do")
  func noCommand() throws {
    let run = try ZooProcess([])
    #expect(run.output.contains("SUBCOMMANDS") && run.output.contains("classify"))
  }
}
