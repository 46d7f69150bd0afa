extension Image {
  /// The picture as in a mirror: left and right change places.
  public func mirrored() -> Image { upright(from: .topRight) }
}
