/// The kinds of objects in scenes.
public enum SceneClasses {
  /// The names, of which a label is the index.
  public static let names = ["arrow", "chequer", "crescent", "ring", "star"]
}
