/// Layers chosen on the command line.
struct LayerSelection {}
