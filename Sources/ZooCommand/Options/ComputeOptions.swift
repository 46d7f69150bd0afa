public import ArgumentParser
public import Engine
import Training

/// How to compute.
struct ComputeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The type to multiply in, f32 or bf16.",
      discussion:
        "Without it: f32 for features, else bf16 where the processor multiplies it in hardware.",
      valueName: "f32|bf16"))
  var precision: Precision?

  @Option(help: "How many threads to use; without it, one for each core.")
  var threads: Int?

  /// Limits the threads to what was asked for.
  func limitThreads() {
    if let threads { ComputeThread.shared.threadLimit = threads }
  }

  func apply(to settings: inout some RunSettings) {
    if let precision { settings.precision = precision }
    if let threads { settings.threads = threads }
  }

  func validate() throws {
    if let threads, threads < 1 {
      throw ValidationError("--threads: expected at least 1, found \(threads)")
    }
  }
}

extension Precision: ExpressibleByArgument {}
