import Foundation
import Testing

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
}
