extension ImageFolder {
  /// Decodes every picture and tells which cannot be.
  ///
  /// - Parameters:
  ///   - threadCount: How many pictures to decode at a time.
  ///   - isWanted: Called after each picture with the number of those done; false gives up.
  /// - Returns: The pictures that cannot be read, each with the reason, or nil if given up.
  public func unreadableExamples(
    threadCount: Int, whileWanted isWanted: (_ done: Int) -> Bool
  ) -> [(example: Example, error: ImageError)]? {
    let (folder, examples) = (self, training + validation)
    let checks = Prefetcher<ImageError?>(
      examples.indices, threadCount: threadCount, capacity: 4 * threadCount
    ) { index in
      do throws(ImageError) {
        _ = try Image(contentsOf: folder.path(of: examples[index]))
        return nil
      } catch { return error }
    }
    var unreadable: [(example: Example, error: ImageError)] = []
    for (index, example) in examples.enumerated() {
      if case .some(.some(let error)) = try? checks.next() { unreadable.append((example, error)) }
      guard isWanted(index + 1) else { return nil }
    }
    return unreadable
  }
}
