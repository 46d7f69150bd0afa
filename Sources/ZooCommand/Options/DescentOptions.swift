import Training

/// How long and how fast to train, in what all runs have in common.
///
/// Each command has options and words of its own for it, since their defaults differ.
protocol DescentOptions {
  var epochs: Int? { get }
  var batch: Int? { get }
  var rate: Double? { get }
  var momentum: Double? { get }
  var weightDecay: Double? { get }
  var warmUp: Int? { get }
  /// 0 for none.
  var clipNorm: Double? { get }
  var seed: UInt64? { get }
}

extension DescentOptions {
  func applyDescent(to settings: inout some RunSettings) {
    if let epochs { settings.epochs = epochs }
    if let batch { settings.batch = batch }
    if let rate { settings.rate = rate }
    if let momentum { settings.momentum = momentum }
    if let weightDecay { settings.weightDecay = weightDecay }
    if let warmUp { settings.warmUp = warmUp }
    if let clipNorm { settings.clipNorm = clipNorm == 0 ? nil : clipNorm }
    if let seed { settings.seed = seed }
  }
}
