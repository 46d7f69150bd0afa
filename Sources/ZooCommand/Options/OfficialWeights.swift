import ArgumentParser
import Downloads
import Layers
import Zoo

/// The weights of a backbone that its publisher offers, in the cache or on their way there.
struct OfficialWeights {
  let card: BackboneCard
  let weights: BackboneCard.Weights

  /// Chooses a card's weights.
  ///
  /// - Parameters:
  ///   - name: The backbone.
  ///   - variant: Whose implementation; nil for whichever the card recommends.
  ///   - alpha: The width multiplier; nil for the paper's own width.
  /// - Throws: `CatalogueError` if there are none.
  init(of name: String, variant: Variant? = nil, alpha: Double? = nil) throws {
    card = try Catalogue.card(named: name)
    weights = try card.weights(variant: variant, alpha: alpha)
  }

  /// Sees to it that the file is there.
  ///
  /// Where signals to stop are held back, one gives it up and keeps what has come.
  ///
  /// - Parameter output: Where it is to be, or what the names of a checkpoint's files begin with; nil
  ///   for the cache.
  /// - Returns: The file's path; of several the first's, which leads to the others.
  /// - Throws: `DownloadError`; `ExitCode` if given up.
  func file(at output: String? = nil) throws -> String {
    do throws(DownloadError) {
      return try file(at: output) { StopSignals.pendingStatus != nil }
    } catch {
      guard case .stopped = error, let status = StopSignals.pendingStatus else { throw error }
      printError("\(error)")
      throw ExitCode(status)
    }
  }

  private func file(
    at output: String?, _ isStopped: () -> Bool
  ) throws(DownloadError) -> String {
    let cache = try WeightCache()
    var line = DownloadLine(card.name)
    defer { line.clear() }
    guard let output else { return try file(in: cache, &line, isStopped) }
    let download = try download(from: cache.source(of: weights.url), to: output)
    try download.run(report: { line.show($0) }, isStopped: isStopped)
    return download.path
  }

  private func file(
    in cache: WeightCache, _ line: inout DownloadLine, _ isStopped: () -> Bool
  ) throws(DownloadError) -> String {
    guard let checkpoint = weights.archivedCheckpoint else {
      return try cache.file(
        weights.url, backbone: card.name, checksum: checksum, report: { line.show($0) },
        isStopped: isStopped)
    }
    return try cache.files(
      checkpoint.fileNames, fromArchive: weights.url, backbone: card.name, checksum: checksum,
      report: { line.show($0) }, isStopped: isStopped)[0]
  }

  private func download(
    from url: String, to output: String
  ) throws(DownloadError) -> Download {
    guard let checkpoint = weights.archivedCheckpoint else {
      return try Download(url, to: output, checksum: checksum)
    }
    let members = checkpoint.endings.map { ArchiveMember(checkpoint.name + $0, to: output + $0) }
    return try Download(url, unpacking: members, checksum: checksum)
  }

  private var checksum: Checksum? {
    get throws(DownloadError) {
      switch weights.checksum {
      case .md5(let digits): try .md5(digits)
      case .sha256(let digits): try .sha256(digits)
      case nil: nil
      }
    }
  }
}
