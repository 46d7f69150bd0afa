/// Differences between a file and a network that an import may pass over.
///
/// Each is a pattern of names, `layer/variable`: `*` stands for any characters, also for none.
public struct ImportAllowance: Equatable, Sendable {
  /// Parameters that need not be in the file.
  public var missing: [String]
  /// Tensors of the file that need not be parameters.
  public var unused: [String]

  public init(missing: [String] = [], unused: [String] = []) {
    (self.missing, self.unused) = (missing, unused)
  }

  /// Nothing may differ.
  public static let none = ImportAllowance()
}

extension String {
  /// Whether the whole of this name fits a pattern in which `*` stands for any characters.
  func fits(pattern: String) -> Bool {
    let (name, pattern) = (Array(utf8), Array(pattern.utf8))
    let star = UInt8(ascii: "*")
    // Where to go on if what follows the last star does not fit.
    var retry: (name: Int, pattern: Int)?
    var (n, p) = (0, 0)
    while n < name.count {
      if p < pattern.count, pattern[p] == star {
        p += 1
        retry = (n, p)
      } else if p < pattern.count, pattern[p] == name[n] {
        (n, p) = (n + 1, p + 1)
      } else if let last = retry {
        (n, p) = (last.name + 1, last.pattern)
        retry = (n, p)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == star }
  }

  /// Whether one of the patterns fits.
  func fits(anyOf patterns: [String]) -> Bool { patterns.contains { fits(pattern: $0) } }
}
