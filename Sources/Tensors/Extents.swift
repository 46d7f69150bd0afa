extension [Int] {
  /// The product of extents; nil if it, or that of those that are not zero, overflows.
  package var productOrNil: Int? {
    var product = 1
    for extent in self where extent != 0 {
      let (next, isTooLarge) = product.multipliedReportingOverflow(by: extent)
      if isTooLarge { return nil }
      product = next
    }
    return contains(0) ? 0 : product
  }
}
