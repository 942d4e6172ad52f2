// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Building blocks of ISO/IEC 14496-12 files: big-endian numbers and nested boxes appended to a byte
// array. Pure; used by init.c, fragment.c and sidx.c.
#pragma once

#include <glib.h>

/** Opens a box; returns its position for package_boxes_close. @type is four characters. */
guint package_boxes_open(GByteArray *out, const char *type);

/** Opens a FullBox (§4.2): as open, then version and 24 bits of flags. */
guint package_boxes_open_full(GByteArray *out, const char *type, guint8 version, guint32 flags);

/** Fills in the size of the box that was opened at @position. */
void package_boxes_close(GByteArray *out, guint position);

void package_boxes_put_u8(GByteArray *out, guint value);
void package_boxes_put_u16(GByteArray *out, guint value);
void package_boxes_put_u32(GByteArray *out, guint32 value);
void package_boxes_put_u64(GByteArray *out, guint64 value);
void package_boxes_put_zeros(GByteArray *out, guint count);

/** The characters of @text, without its NUL. */
void package_boxes_put_text(GByteArray *out, const char *text);

/** Overwrites four bytes at @position. */
void package_boxes_set_u32(GByteArray *out, guint position, guint32 value);
