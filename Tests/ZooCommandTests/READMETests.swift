import Foundation
import Testing
import Zoo

@Suite struct READMETests {
  @Test("The README's program is the one that is compiled here, and it works")
  func snippet() throws {
    let file = packageRoot.appending(path: "Tests/ZooCommandTests/READMESnippet.swift")
    let readme = try String(
      contentsOf: packageRoot.appending(path: "README.md"), encoding: .utf8)
    #expect(readme.contains(try String(contentsOf: file, encoding: .utf8)))
    #expect(try classify(photo: shippedPhotos[1], weights: shippedWeights) == "espresso")
  }

  @Test("Every file that the README and ARCHITECTURE link to is there")
  func links() throws {
    for page in ["README.md", "ARCHITECTURE.md"] {
      let text = try String(contentsOf: packageRoot.appending(path: page), encoding: .utf8)
      for match in text.matches(of: /\]\(([^)#:]+)\)/) {
        let target = packageRoot.appending(path: String(match.1))
        #expect(FileManager.default.fileExists(atPath: target.path), "\(page) → \(match.1)")
      }
    }
  }

  @Test("Every command of the README has its options in the help, and names backbones there are")
  func commands() throws {
    let readme = try String(
      contentsOf: packageRoot.appending(path: "README.md"), encoding: .utf8)
    let lines = readme.replacing("\\\n", with: " ").split(separator: "\n")
    let commands = lines.compactMap { line in
      line.wholeMatch(of: /\ {4}(?:\$ )?zoo (.*?)(?: +#.*)?/).map {
        $0.1.split(separator: " ").map(String.init)
      }
    }
    #expect(commands.count > 15)
    for words in commands {
      // A command of a group has a page of its own.
      let page = [2, 1].map { words.prefix($0).joined(separator: " ") }.lazy.map { name in
        packageRoot.appending(path: "Tests/ZooCommandTests/Fixtures/help/\(name).txt")
      }.first { FileManager.default.fileExists(atPath: $0.path) }
      let help = try String(contentsOf: #require(page), encoding: .utf8)
      for option in words where option.hasPrefix("--") {
        #expect(help.contains("  \(option) ") || help.contains("  \(option)\n"), "\(words)")
      }
      if let place = words.firstIndex(of: "--backbone") {
        _ = try Catalogue.card(named: words[place + 1])
      }
      if words[0] == "pull" {
        for name in words.dropFirst().prefix(while: { !$0.hasPrefix("-") }) {
          _ = try Catalogue.card(named: name).weights()
        }
      }
    }
  }

  @Test("The README counts the backbones right")
  func count() throws {
    let readme = try String(
      contentsOf: packageRoot.appending(path: "README.md"), encoding: .utf8)
    #expect(readme.contains("one of \(Catalogue.cards.count) backbones"))
  }
}
