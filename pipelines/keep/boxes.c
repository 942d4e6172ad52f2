// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Boxes of 64-bit sizes, or to the end of the file, are none that a live segment has.
#include "pipelines/keep/boxes.h"

#include <string.h>

#define HEAD_BYTES 8

KeepBoxes
keep_boxes_of(const guint8 *data, gsize bytes)
{
    return (KeepBoxes){data, bytes, 0, FALSE};
}

static guint64
read_number(KeepBoxes *boxes, guint bytes)
{
    guint64 value = 0;
    if (boxes->bytes - boxes->at < bytes) {
        boxes->at = boxes->bytes;
        boxes->torn = TRUE;
        return 0;
    }
    for (guint i = 0; i < bytes; i++)
        value = value << 8 | boxes->data[boxes->at++];
    return value;
}

guint
keep_boxes_read_u8(KeepBoxes *boxes)
{
    return (guint)read_number(boxes, 1);
}

guint
keep_boxes_read_u16(KeepBoxes *boxes)
{
    return (guint)read_number(boxes, 2);
}

guint32
keep_boxes_read_u32(KeepBoxes *boxes)
{
    return (guint32)read_number(boxes, 4);
}

guint64
keep_boxes_read_u64(KeepBoxes *boxes)
{
    return read_number(boxes, 8);
}

void
keep_boxes_skip(KeepBoxes *boxes, gsize bytes)
{
    gsize left = boxes->bytes - boxes->at;
    boxes->torn = boxes->torn || bytes > left;
    boxes->at += MIN(bytes, left);
}

gboolean
keep_boxes_next(KeepBoxes *boxes, char *type, KeepBoxes *inner)
{
    gsize left = boxes->bytes - boxes->at;
    if (left == 0)
        return FALSE;
    guint64 size = read_number(boxes, 4);
    if (left < HEAD_BYTES || size < HEAD_BYTES || size > left) {
        boxes->torn = TRUE;
        return FALSE;
    }
    memcpy(type, boxes->data + boxes->at, 4);
    type[4] = '\0';
    *inner = keep_boxes_of(boxes->data + boxes->at + 4, (gsize)size - HEAD_BYTES);
    boxes->at += (gsize)size - 4;
    return TRUE;
}

gboolean
keep_boxes_find(const KeepBoxes *boxes, const char *type, KeepBoxes *inner)
{
    KeepBoxes walk = *boxes;
    char found[5];
    while (keep_boxes_next(&walk, found, inner))
        if (strcmp(found, type) == 0)
            return TRUE;
    return FALSE;
}

gboolean
keep_boxes_find_path(const KeepBoxes *boxes, const char *path, KeepBoxes *inner)
{
    g_auto(GStrv) types = g_strsplit(path, "/", 8);
    KeepBoxes at = *boxes;
    for (guint i = 0; types[i] != NULL; i++) {
        KeepBoxes next;
        if (!keep_boxes_find(&at, types[i], &next))
            return FALSE;
        at = next;
    }
    *inner = at;
    return TRUE;
}
