/// Colours that tell classes apart, the same for a class in every picture and chart.
public enum Palette {
  /// The colour of a class or series.
  ///
  /// The first twelve are chosen by hand. Further ones turn the hue by the golden ratio, so that
  /// neighbours differ whatever their number, and change between four shades.
  ///
  /// - Parameter index: 0 or more.
  /// - Returns: A colour that can be seen on light and on dark grounds.
  public static func color(_ index: Int) -> Color {
    precondition(index >= 0, "there is no colour \(index)")
    if index < chosen.count { return chosen[index] }
    let further = index - chosen.count
    let turn = (Double(further) * 0.618_033_988_749_895 + 0.06)
      .truncatingRemainder(dividingBy: 1)
    let (saturation, value) = shades[further % shades.count]
    return Color(hue: turn, saturation: saturation, value: value)
  }

  /// Neither near white nor near black, and no two alike, to people who confuse red and green too.
  private static let chosen: [Color] = [
    Color(230, 57, 70),  // red
    Color(29, 120, 216),  // blue
    Color(32, 138, 58),  // green
    Color(255, 159, 28),  // orange
    Color(142, 68, 208),  // violet
    Color(0, 179, 188),  // teal
    Color(236, 72, 168),  // pink
    Color(140, 90, 43),  // brown
    Color(214, 196, 20),  // yellow
    Color(72, 84, 168),  // indigo
    Color(132, 204, 22),  // lime
    Color(120, 130, 145),  // slate
  ]

  private static let shades: [(saturation: Double, value: Double)] = [
    (0.8, 0.88), (0.95, 0.66), (0.45, 0.78), (0.6, 0.6),
  ]
}
