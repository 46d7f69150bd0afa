internal import CHDF5

/// Owns one of libhdf5's identifiers and closes it exactly once.
struct Handle: ~Copyable {
  let id: hid_t
  private let close: @convention(c) (hid_t) -> herr_t

  /// Takes the identifier that `open` returns.
  ///
  /// - Parameters:
  ///   - call: The name of the function that `open` calls.
  ///   - place: What is being opened.
  ///   - close: The function that gives the identifier back.
  ///   - open: Calls libhdf5.
  /// - Throws: ``HDF5Error`` if the identifier is negative.
  init(
    _ call: String, at place: Place, close: @escaping @convention(c) (hid_t) -> herr_t,
    open: () -> hid_t
  ) throws(HDF5Error) {
    // The error is thrown, not printed. The setting belongs to the thread, hence each time.
    H5Eset_auto2(hid_t(H5E_DEFAULT), nil, nil)
    let id = open()
    guard id >= 0 else { throw HDF5Error(call, at: place) }
    self.id = id
    self.close = close
  }

  deinit { _ = close(id) }
}

/// Throws if a call returned a negative status.
@discardableResult
func check<Status: SignedInteger>(
  _ call: String, at place: Place, _ status: () -> Status
) throws(HDF5Error) -> Status {
  H5Eset_auto2(hid_t(H5E_DEFAULT), nil, nil)
  let status = status()
  guard status >= 0 else { throw HDF5Error(call, at: place) }
  return status
}
