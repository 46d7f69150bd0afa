extension FileMap {
  /// Follows an attribute's texts of varying length to the heaps that hold them.
  mutating func attribute(_ body: Piece) throws(HDF5Error) {
    let version = try body.number(at: 0, size: 1)
    guard 1...3 ~= version, version == 1 || body.bytes[1] & 0x03 == 0 else {
      throw body.damaged("is an attribute in an unknown form")
    }
    func padded(_ size: Int) -> Int { version == 1 ? (size + 7) / 8 * 8 : size }
    let nameStart = version == 3 ? 9 : 8
    let typeStart = nameStart + padded(try body.number(at: 2, size: 2))
    let typeLength = try body.number(at: 4, size: 2)
    let spaceLength = try body.number(at: 6, size: 2)
    let spaceStart = typeStart + padded(typeLength)
    let dataStart = spaceStart + padded(spaceLength)
    let type = try body.part(typeStart, typeLength)
    let count = try elementCount(body.part(spaceStart, spaceLength))
    switch try type.number(at: 0, size: 1) & 0x0F {
    case 6, 10: isComplete = false
    case 9:
      // Texts are lists of bytes. Others are not read, and the size of their elements is not used.
      let elementSize = try type.number(at: 12, size: 4)
      guard try type.number(at: 1, size: 1) & 0x0F != 1 || elementSize == 1 else {
        throw type.damaged("is text of \(elementSize) bytes a letter")
      }
      guard count <= (body.count - dataStart) / 16 else { throw body.damaged("ends too early") }
      for index in 0..<count {
        let element = try body.part(dataStart + 16 * index, 16)
        let length = try element.number(at: 0, size: 4)
        let heap = try element.address(at: 4)
        let object = try element.number(at: 12, size: 4)
        if length == 0 && object == 0 { continue }
        guard let heap else { throw element.damaged("is a text that is nowhere") }
        try globalHeap(at: heap, holds: object, of: length)
      }
    default: break
    }
  }

  /// How many elements a shape has.
  private func elementCount(_ space: Piece) throws(HDF5Error) -> Int {
    let version = try space.number(at: 0, size: 1)
    let rank = try space.number(at: 1, size: 1)
    guard version == 1 || version == 2, rank <= 32 else {
      throw space.damaged("is no shape")
    }
    if version == 2 && space.bytes[3] == 2 { return 0 }
    var count = 1
    for axis in 0..<rank {
      let extent = try space.number(at: (version == 1 ? 8 : 4) + 8 * axis, size: 8)
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw space.damaged("is no shape") }
      count = product
    }
    return count
  }

  /// Checks that a heap of texts holds an object, and notes the heap when it is met first.
  private mutating func globalHeap(
    at start: Int, holds object: Int, of length: Int
  ) throws(HDF5Error) {
    if globalHeaps[start] == nil { globalHeaps[start] = try globalHeap(at: start) }
    guard let held = globalHeaps[start]?[object], held >= length else {
      throw HDF5Error(
        file: file.file,
        reason: "the heap at byte \(base + start) lacks a text; the file is damaged")
    }
  }

  /// Reads the sizes of a heap's objects by their numbers.
  private mutating func globalHeap(at start: Int) throws(HDF5Error) -> [Int: Int] {
    let header = try file.read(base + start, 16)
    let heap = try claim(start, try header.number(at: 8, size: 8))
    guard heap.bytes.starts(with: Array("GCOL".utf8)), heap.count >= 16, heap.bytes[4] == 1 else {
      throw heap.damaged("is no heap of texts")
    }
    var sizes: [Int: Int] = [:]
    var position = 16
    while position + 16 <= heap.count {
      let number = try heap.number(at: position, size: 2)
      let size = try heap.number(at: position + 8, size: 8)
      // Number 0 is what is free, up to the end.
      if number == 0 {
        guard size == heap.count - position else { throw heap.damaged("has an end that is none") }
        break
      }
      guard size <= heap.count - position - 16, sizes[number] == nil else {
        throw heap.damaged("has a text of \(size) bytes")
      }
      sizes[number] = size
      position += 16 + (size + 7) / 8 * 8
    }
    return sizes
  }
}
