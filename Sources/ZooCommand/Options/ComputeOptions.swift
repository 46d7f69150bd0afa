public import ArgumentParser
public import Engine

/// How to compute.
struct ComputeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The type to multiply in, f32 or bf16.",
      discussion: "Without it: bf16 where the processor multiplies it in hardware.",
      valueName: "f32|bf16"))
  var precision: Precision?

  @Option(help: "How many threads to use; without it, one for each core.")
  var threads: Int?

  func validate() throws {
    if let threads, threads < 1 {
      throw ValidationError("--threads: expected at least 1, found \(threads)")
    }
  }
}

extension Precision: ExpressibleByArgument {}
