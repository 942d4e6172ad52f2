// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Boxes are opened with a size of 0 that is filled in when they are closed.
#include "pipelines/package/boxes.h"

#include <string.h>

guint
package_boxes_open(GByteArray *out, const char *type)
{
    guint position = out->len;
    package_boxes_put_u32(out, 0);
    g_byte_array_append(out, (const guint8 *)type, 4);
    return position;
}

guint
package_boxes_open_full(GByteArray *out, const char *type, guint8 version, guint32 flags)
{
    guint position = package_boxes_open(out, type);
    package_boxes_put_u32(out, ((guint32)version << 24) | (flags & 0xffffff));
    return position;
}

void
package_boxes_close(GByteArray *out, guint position)
{
    package_boxes_set_u32(out, position, out->len - position);
}

void
package_boxes_put_u8(GByteArray *out, guint value)
{
    guint8 byte = (guint8)value;
    g_byte_array_append(out, &byte, 1);
}

void
package_boxes_put_u16(GByteArray *out, guint value)
{
    guint16 big = GUINT16_TO_BE((guint16)value);
    g_byte_array_append(out, (const guint8 *)&big, sizeof big);
}

void
package_boxes_put_u32(GByteArray *out, guint32 value)
{
    guint32 big = GUINT32_TO_BE(value);
    g_byte_array_append(out, (const guint8 *)&big, sizeof big);
}

void
package_boxes_put_u64(GByteArray *out, guint64 value)
{
    guint64 big = GUINT64_TO_BE(value);
    g_byte_array_append(out, (const guint8 *)&big, sizeof big);
}

void
package_boxes_put_zeros(GByteArray *out, guint count)
{
    guint before = out->len;
    g_byte_array_set_size(out, before + count);
    memset(out->data + before, 0, count);
}

void
package_boxes_put_text(GByteArray *out, const char *text)
{
    g_byte_array_append(out, (const guint8 *)text, (guint)strlen(text));
}

void
package_boxes_set_u32(GByteArray *out, guint position, guint32 value)
{
    guint32 big = GUINT32_TO_BE(value);
    memcpy(out->data + position, &big, sizeof big);
}
