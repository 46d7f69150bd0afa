import Testing

@testable import Importing

@Suite struct PatternTests {
  @Test(
    "A star stands for any characters, also for none",
    arguments: [
      ("conv1/kernel", "conv1/kernel", true), ("conv1/kernel", "conv1/*", true),
      ("conv1/kernel", "*", true), ("conv1/kernel", "**", true), ("conv1/kernel", "*kernel", true),
      ("conv1/kernel", "conv1/kernel*", true), ("conv1/kernel", "c*1/k*l", true),
      ("aab", "a*ab", true), ("abab", "*ab", true), ("aaa", "a*a*a*a", false),
      ("conv1/kernel", "conv1", false), ("conv1/kernel", "conv", false),
      ("conv1/kernel", "*bias", false), ("conv1/kernel", "", false), ("", "*", true),
      ("", "", true),
      ("conv1/kernel", "conv?/kernel", false),
    ])
  func patterns(name: String, pattern: String, fits: Bool) {
    #expect(name.fits(pattern: pattern) == fits)
  }

  @Test("A pattern of many stars does not take forever")
  func manyStars() {
    let name = String(repeating: "a", count: 2000)
    #expect(!name.fits(pattern: String(repeating: "a*", count: 200) + "b"))
  }
}
