/// A shape in a scene: where it is and how its surface looks.
struct SceneShape {
  var outline: Outline
  /// The index among the classes, or nil for clutter.
  var label: Int?
  /// The middle, in pixels.
  var center: SIMD2<Float>
  /// The radius of the circle around it, in pixels.
  var radius: Float
  /// Where its right points to.
  var direction: SIMD2<Float>
  var surface: Surface

  /// Colours, relief and shadow.
  struct Surface {
    var color: Tint
    /// The other colour of a chequer's squares.
    var second: Tint?
    /// How much edges that face the light are brightened, from 0 to 1.
    var relief: Float
    /// How wide the raised edge is, as a share of the radius.
    var bevel: Float
    /// A line around it, as a share of the radius, and its colour.
    var rim: (width: Float, color: Tint)?
    /// How strongly the scene's texture shows, from 0 to 1.
    var grain: Float
    /// How dark the shadow is, from 0 to 1.
    var shadow: Float
    /// How far the shadow falls, as a share of the radius.
    var shadowLength: Float
  }
}
