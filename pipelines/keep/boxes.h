// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Reading boxes of ISO/IEC 14496-12 out of foreign bytes: nothing is believed that does not lie
// within them. Pure.
#pragma once

#include <glib.h>

/** Some bytes and how far they are read. */
typedef struct {
    const guint8 *data; // (unowned)
    gsize bytes;        // of data
    gsize at;           // the next to be read
    gboolean torn;      // something lay beyond the end
} KeepBoxes;

KeepBoxes keep_boxes_of(const guint8 *data, gsize bytes);

/** Reads the next box of @boxes: its four characters into @type (5 bytes) and what is in it into
 * @inner. Returns: FALSE at the end, and torn when there was no end. */
gboolean keep_boxes_next(KeepBoxes *boxes, char *type, KeepBoxes *inner);

/** Returns: whether @boxes has a box of @type from where it is on; @inner (out): what is in the
 * first such. */
gboolean keep_boxes_find(const KeepBoxes *boxes, const char *type, KeepBoxes *inner);

/** As keep_boxes_find() for a path of at most 8 types, with `/` between. */
gboolean keep_boxes_find_path(const KeepBoxes *boxes, const char *path, KeepBoxes *inner);

/** Big-endian; 0 and torn beyond the end. */
guint keep_boxes_read_u8(KeepBoxes *boxes);
guint keep_boxes_read_u16(KeepBoxes *boxes);
guint32 keep_boxes_read_u32(KeepBoxes *boxes);
guint64 keep_boxes_read_u64(KeepBoxes *boxes);
void keep_boxes_skip(KeepBoxes *boxes, gsize bytes);
