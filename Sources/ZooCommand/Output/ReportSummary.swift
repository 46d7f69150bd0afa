import Layers

/// An import report as `--json` prints it.
struct ReportSummary: Encodable {
  struct Renaming: Encodable {
    let source: String
    let parameter: String
    let rule: String
  }

  struct ShapeDifference: Encodable {
    let parameter: String
    let expected: [Int]
    let found: [Int]
  }

  let form: String
  let matched: Int
  let renamed: Int
  let ranked: Int
  let notNeeded: Int
  let missing: [String]
  let unused: [String]
  let wrongShape: [ShapeDifference]
  let renamings: [Renaming]
  let warnings: [String]

  enum CodingKeys: String, CodingKey {
    case form, matched, renamed, ranked, missing, unused, renamings, warnings
    case notNeeded = "not_needed"
    case wrongShape = "wrong_shape"
  }

  init(_ report: ImportReport) {
    form = report.form
    matched = report.matched.count
    renamed = report.renamed.count
    ranked = report.ranked.count
    notNeeded = report.notNeeded.count
    missing = report.missing
    unused = report.unused
    wrongShape = report.wrongShape.map {
      ShapeDifference(parameter: $0.parameter, expected: $0.expected, found: $0.found)
    }
    renamings = (report.renamed + report.ranked).map {
      Renaming(source: $0.source, parameter: $0.parameter, rule: $0.rule)
    }
    warnings = report.warnings
  }
}

extension ImportReport {
  /// The report in a few lines, for a person.
  var text: String {
    var lines = ["form        \(form)", "matched     \(matched.count) parameters by name"]
    func add(_ title: String, _ count: Int, _ names: [String] = []) {
      guard count > 0 else { return }
      let padding = String(repeating: " ", count: max(1, 12 - title.count))
      let shown = names.prefix(4).joined(separator: ", ") + (names.count > 4 ? ", …" : "")
      lines.append(title + padding + "\(count)" + (names.isEmpty ? "" : "  \(shown)"))
    }
    add("renamed", renamed.count, renamed.map { "\($0.source) → \($0.parameter) (\($0.rule))" })
    add("ranked", ranked.count, ranked.map { "\($0.source) → \($0.parameter) (\($0.rule))" })
    add("not needed", notNeeded.count, notNeeded)
    add("missing", missing.count, missing)
    add("unused", unused.count, unused)
    lines += warnings.map { "warning     \($0)" }
    return lines.joined(separator: "\n")
  }
}
