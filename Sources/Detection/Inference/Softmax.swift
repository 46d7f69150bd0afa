internal import Glibc

extension [Float] {
  /// Turns each row of logits into probabilities.
  mutating func applySoftmax(rowLength: Int) {
    for start in stride(from: 0, to: count, by: rowLength) {
      let row = start..<start + rowLength
      let largest = self[row].reduce(-Float.infinity) { Swift.max($0, $1) }
      var sum: Float = 0
      for index in row {
        self[index] = exp(self[index] - largest)
        sum += self[index]
      }
      for index in row { self[index] /= sum }
    }
  }
}
