internal import CHDF5
internal import Files

/// A file or an object in it that cannot be read or written as asked.
public struct HDF5Error: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file's path.
  public let file: String
  /// The path of the object in the file, with `@name` after it for an attribute; empty for the
  /// file itself.
  public let object: String
  /// The function that refused, for example `H5Fopen`; empty where this room itself found fault.
  public let call: String
  /// What is wrong, in libhdf5's own words where it was libhdf5 that refused.
  public let reason: String

  /// Makes an error of what the caller knows.
  public init(file: String, object: String = "", call: String = "", reason: String) {
    (self.file, self.object, self.call, self.reason) = (file, object, call, reason)
  }

  public var description: String {
    let place = object.isEmpty ? file : "\(file):\(object)"
    let text = call.isEmpty ? "\(place): \(reason)" : "\(place): \(reason) (\(call))"
    // Names in damaged files may hold anything, and this is to be one line of a terminal.
    return text.printable
  }

  /// Makes an error of libhdf5's error stack, which the failed call has just filled.
  init(_ call: String, at place: Place) {
    self.init(file: place.file, object: place.object, call: call, reason: innermostReason())
  }
}

/// Where an operation takes place, for its error.
struct Place {
  let file: String
  var object = ""

  func error(_ reason: String) -> HDF5Error {
    HDF5Error(file: file, object: object, reason: reason)
  }

  /// The place of an attribute of this object.
  func attribute(_ name: String) -> Place { Place(file: file, object: "\(object)@\(name)") }
}

/// The deepest entry of libhdf5's error stack, which is the most specific one.
private func innermostReason() -> String {
  var reason = "unknown reason"
  withUnsafeMutablePointer(to: &reason) { pointer in
    _ = H5Ewalk2(
      hid_t(H5E_DEFAULT), H5E_WALK_UPWARD,
      { depth, entry, context in
        guard depth == 0, let text = entry?.pointee.desc, let context else { return 0 }
        context.assumingMemoryBound(to: String.self).pointee = String(cString: text)
        return 0
      }, pointer)
  }
  return reason
}
