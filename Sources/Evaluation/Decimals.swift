extension Double {
  /// The number with that many decimals, rounded as C's `printf` rounds floats; zero has no sign.
  ///
  /// A float times a small power of ten is exact in double precision, so a half is a half and goes
  /// to the even digit. Numbers beyond all images are written as Swift writes them.
  func decimals(_ count: Int) -> String {
    let scale = (0..<count).reduce(1.0) { scale, _ in scale * 10 }
    let scaled = (self * scale).rounded(.toNearestOrEven)
    guard abs(scaled) < 1e15 else { return "\(self)" }
    let digits = String(Int(abs(scaled)))
    let padded = String(repeating: "0", count: max(0, count + 1 - digits.count)) + digits
    let sign = scaled < 0 ? "-" : ""
    return count == 0
      ? "\(sign)\(padded)" : "\(sign)\(padded.dropLast(count)).\(padded.suffix(count))"
  }
}
