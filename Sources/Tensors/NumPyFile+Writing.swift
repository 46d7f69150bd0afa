import Glibc

extension NumPyFile {
  /// Writes a tensor so that `numpy.load` reads it; bfloat16, which NumPy lacks, as float32.
  ///
  /// The file appears whole or not at all: it is written beside the place, and then renamed.
  ///
  /// - Parameters:
  ///   - tensor: The numbers.
  ///   - path: The file; one that exists is replaced.
  /// - Throws: ``NumPyError``.
  public static func write(_ tensor: Tensor, to path: String) throws(NumPyError) {
    guard tensor.shape.count <= 64 else {
      throw .unwritable(path: path, reason: "NumPy's arrays have 64 axes at most")
    }
    let tensor = tensor.elementType == .bfloat16 ? tensor.converted(to: .float32) : tensor
    let target = try replaceable(path)
    // With a name of its own, so that two programs do not write into one file.
    let temporary = "\(target).\(getpid()).\(UInt32.random(in: .min ... .max)).partial"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: systemReason()) }
    var isWritten =
      header(of: tensor).withUnsafeBytes { append($0, to: descriptor) }
      && tensor.withUnsafeBytes { append($0, to: descriptor) } && fsync(descriptor) == 0
    var reason = isWritten ? "" : systemReason()
    // Some file systems report only now that the disk is full.
    if close(descriptor) != 0, isWritten { (isWritten, reason) = (false, systemReason()) }
    if isWritten, rename(temporary, target) != 0 { (isWritten, reason) = (false, systemReason()) }
    guard isWritten else {
      unlink(temporary)
      throw .unwritable(path: path, reason: reason)
    }
    synchronizeFolder(of: target)
  }

  /// The signature, version 1.0 and the dictionary, padded to a multiple of 64 bytes.
  private static func header(of tensor: Tensor) -> [UInt8] {
    let typeName =
      switch tensor.elementType {
      case .float16: "<f2"
      case .float32, .bfloat16: "<f4"
      case .float64: "<f8"
      }
    let shape = tensor.shape.map(String.init).joined(separator: ", ")
    let tuple = tensor.shape.count == 1 ? "(\(shape),)" : "(\(shape))"
    var text = Array("{'descr': '\(typeName)', 'fortran_order': False, 'shape': \(tuple), }".utf8)
    text += [UInt8](repeating: UInt8(ascii: " "), count: 63 - (10 + text.count) % 64)
    text.append(UInt8(ascii: "\n"))
    let length = [
      UInt8(truncatingIfNeeded: text.count), UInt8(truncatingIfNeeded: text.count >> 8),
    ]
    return signature + [1, 0] + length + text
  }

  /// The file to replace: where a link points to, and never a device.
  private static func replaceable(_ path: String) throws(NumPyError) -> String {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw .unwritable(path: path, reason: "not a name of a file")
    }
    var status = stat()
    guard stat(path, &status) == 0 else { return path }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      throw .unwritable(
        path: path, reason: isFolder ? "a folder, not a file" : "a pipe or device, not a file")
    }
    guard let resolved = realpath(path, nil) else {
      throw .unwritable(path: path, reason: systemReason())
    }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func append(_ bytes: UnsafeRawBufferPointer, to descriptor: CInt) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      let count = Glibc.write(descriptor, part.baseAddress, part.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// Makes the new name outlast a power failure, where the file system can.
  private static func synchronizeFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "."
    let descriptor = open(String(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
