// Suppression of boxes that overlap a better one.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// How many floats onednn_suppress works in.
int64_t onednn_suppression_workspace_size(int64_t limit);

// Takes boxes in their order, best first, and keeps each whose intersection over union with every
// box kept before is at most `overlap`, until `limit` are kept. Writes their indices to `kept`,
// which has room for `limit`, and returns how many there are.
//
// A box is x1, y1, x2, y2. One without an area, or with an edge that is not a number, is kept and
// suppresses none. `workspace` is of the size above and holds zeros. Runs in the calling thread.
int64_t onednn_suppress(
    const float *boxes, int64_t count, float overlap, int64_t limit, float *workspace,
    int64_t *kept);

#ifdef __cplusplus
}
#endif
