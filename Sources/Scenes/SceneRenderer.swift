import Boxes
import Datasets

/// Makes scenes that follow from a seed and their number.
public struct SceneRenderer: Hashable, Sendable {
  /// Chooses all scenes at once.
  public let seed: UInt64
  /// The pictures' extents, from which each scene draws one.
  let sizes: [PictureSize]

  /// Makes scenes of about 480×360 pixels.
  public init(seed: UInt64) {
    // Mostly the usual one, so that few plans of a network serve all.
    let usual = Array(repeating: PictureSize(width: 480, height: 360), count: 4)
    let others = [(360, 480), (400, 400), (500, 333)].map { PictureSize(width: $0, height: $1) }
    self.init(seed: seed, sizes: usual + others)
  }

  /// Makes scenes of other sizes.
  init(seed: UInt64, sizes: [PictureSize]) { (self.seed, self.sizes) = (seed, sizes) }

  /// A picture's extent, in pixels.
  struct PictureSize: Hashable, Sendable {
    let width: Int
    let height: Int
  }

  /// Below this share of it that can be seen, an object is marked difficult.
  static let difficultShare: Float = 0.35
  /// Below this share of it that can be seen, an object is left out.
  static let leastShare: Float = 0.1
  /// An object that is narrower or lower, in pixels, is left out.
  static let leastExtent: Float = 6

  /// Makes a scene of 0 to 8 objects, about 480×360 pixels.
  ///
  /// Boxes are the extents of what can be seen. An object of which less than 35 % can be seen is
  /// marked difficult; one with less than 10 %, or narrower than 6 pixels, is left out.
  ///
  /// - Parameter index: Any number; the scene is the same on every run.
  /// - Returns: The picture and what is in it, in the order of painting.
  public func scene(_ index: Int) -> Scene { painted(index).scene }

  /// Makes a scene and keeps what it was made of.
  func painted(_ index: Int) -> (scene: Scene, canvas: SceneCanvas) {
    var generator = SeededGenerator(seed: seed, for: "scene", index)
    let size = generator.pick(sizes)
    let (width, height) = (size.width, size.height)
    let ground = SceneGround(width: width, height: height).pixels(from: &generator)
    let texture = ValueNoise.field(
      width: width, height: height, spacing: SIMD2(6, 6), octaveCount: 2, from: &generator
    ).map { $0 - 0.5 }
    var canvas = SceneCanvas(
      width: width, height: height, pixels: ground, texture: texture,
      light: generator.direction())
    let shapes = SceneComposer(canvas, from: &generator).shapes
    for shape in shapes { canvas.paint(shape) }
    let objects = shapes.enumerated().compactMap { place, shape -> AnnotatedObject? in
      guard
        let label = shape.label, let visible = canvas.visible(place),
        visible.share >= Self.leastShare,
        min(visible.box.width, visible.box.height) >= Self.leastExtent
      else { return nil }
      return AnnotatedObject(
        label: label, box: visible.box, isDifficult: visible.share < Self.difficultShare)
    }
    let finish = SceneFinish(from: &generator)
    let image = finish.image(of: canvas, from: &generator)
    return (Scene(image: image, objects: objects), canvas)
  }
}
