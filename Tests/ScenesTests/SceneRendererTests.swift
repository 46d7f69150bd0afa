import Boxes
import Datasets
import Testing

@testable import Scenes

@Suite struct SceneRendererTests {
  /// Of small pictures, as builds without optimisation take their time.
  private static func renderer(_ seed: UInt64) -> SceneRenderer {
    SceneRenderer(
      seed: seed,
      sizes: [.init(width: 160, height: 120), .init(width: 97, height: 131)])
  }

  /// A few scenes that several tests look at.
  private static let scenes = (0..<16).map { renderer(11).painted($0) }

  @Test("A scene follows from the seed and its number")
  func determinism() {
    #expect(Self.renderer(11).scene(3) == Self.scenes[3].scene)
    #expect(Self.renderer(12).scene(3) != Self.scenes[3].scene)
    #expect(Self.scenes[2].scene != Self.scenes[3].scene)
  }

  @Test("Scenes are about 480×360 pixels")
  func size() {
    let image = SceneRenderer(seed: 1).scene(0).image
    #expect(150_000...180_000 ~= image.width * image.height)
  }

  @Test("Every class occurs")
  func classes() {
    let labels = Set(Self.scenes.flatMap(\.scene.objects).map(\.label))
    #expect(labels == Set(SceneClasses.names.indices))
  }

  @Test("Every box is the extent of the pixels that show its object")
  func tightness() {
    for (scene, canvas) in Self.scenes {
      var extents: [UInt8: Box] = [:]
      for (place, owner) in canvas.owners.enumerated() where owner > 0 {
        let (x, y) = (Float(place % canvas.width), Float(place / canvas.width))
        let pixel = Box(x1: x, y1: y, x2: x + 1, y2: y + 1)
        let known = extents[owner] ?? pixel
        extents[owner] = Box(
          x1: min(known.x1, x), y1: min(known.y1, y), x2: max(known.x2, x + 1),
          y2: max(known.y2, y + 1))
      }
      for object in scene.objects { #expect(extents.values.contains(object.box)) }
    }
  }

  @Test("Boxes lie within the picture, at whole numbers, and are large enough")
  func boxes() {
    for scene in Self.scenes.map(\.scene) {
      #expect(scene.objects.count <= 8)
      for box in scene.objects.map(\.box) {
        #expect(box.x1 >= 0 && box.x2 <= Float(scene.image.width))
        #expect(box.y1 >= 0 && box.y2 <= Float(scene.image.height))
        #expect(min(box.width, box.height) >= 6 && max(box.width, box.height) <= 204)
        #expect([box.x1, box.y1, box.x2, box.y2].allSatisfy { $0 == $0.rounded() })
      }
    }
  }
}
