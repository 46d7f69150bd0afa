public import ArgumentParser
public import Layers

struct PullCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pull",
    abstract: "Download the official weights of backbones and print where they are.",
    discussion: """
      Files are kept in $ZOO_CACHE, else $XDG_CACHE_HOME/detection-zoo, else \
      ~/.cache/detection-zoo, and are not downloaded again. Their checksums are compared. What was \
      interrupted goes on where it ended. Slim's checkpoints are taken out of their archives; of one in \
      several files, the path of its index is printed.

      With ZOO_MIRROR, what is at https://host/path is taken from $ZOO_MIRROR/host/path; https_proxy \
      names a proxy, and SSL_CERT_FILE a file of certificates to trust.

      Examples:
        zoo classify cat.jpg --backbone vgg16 --weights $(zoo pull vgg16)
        zoo pull resnet50_v2 --variant slim
      """)

  @Argument(help: ArgumentHelp("The networks, by their names in 'zoo list'.", valueName: "name"))
  var names: [String]

  @Option(help: "The width multiplier of the weights.")
  var alpha: Double?

  @Option(help: "Whose weights: keras, torchvision or slim; by default the recommended.")
  var variant: Variant?

  @Option(
    help: ArgumentHelp(
      "The file to write instead of one in the cache; if there are several, what their names begin "
        + "with.", valueName: "file"))
  var output: String?

  func validate() throws {
    if output != nil && names.count > 1 {
      throw ValidationError("--output: is one file, expected one name, found \(names.count)")
    }
    do { _ = try chosen } catch { throw ValidationError("\(error)") }
  }

  func run() throws {
    // Before curl's threads, which look names up.
    _ = StopSignals()
    for weights in try chosen { print(try weights.file(at: output)) }
  }

  private var chosen: [OfficialWeights] {
    get throws {
      try names.map { try OfficialWeights(of: $0, variant: variant, alpha: alpha) }
    }
  }
}

extension Variant: ExpressibleByArgument {}
