import Glibc

/// Starts the program anew with the settings that OpenMP reads only when a process starts.
enum Relaunch {
  /// Replaces this process by itself, once, unless the environment already says everything.
  ///
  /// oneDNN's threads are OpenMP's, and by default they spin while they wait: with one busy
  /// neighbour a run then takes ten times as long. They are told to sleep after a short spin.
  ///
  /// - Parameter threads: How many threads to use, or nil for what the environment says.
  static func withOpenMPSettings(threads: Int?) {
    guard getenv(marker) == nil else { return }
    var settings = [("OMP_WAIT_POLICY", "passive"), ("GOMP_SPINCOUNT", "20000")]
    if getenv("OMP_WAIT_POLICY") != nil || getenv("GOMP_SPINCOUNT") != nil { settings = [] }
    if let threads { settings.append(("OMP_NUM_THREADS", String(threads))) }
    settings.append((marker, "1"))
    for (name, value) in settings { setenv(name, value, 1) }
    var arguments = CommandLine.arguments.map { strdup($0) } + [nil]
    // Only returns where it fails; then the program runs on, at worst more slowly.
    execv("/proc/self/exe", &arguments)
    for argument in arguments { free(argument) }
  }

  private static let marker = "ZOO_RELAUNCHED"
}
