// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Eight-bit character tables of EN 300 468 Annex A, one byte at a time. Pure; used by text.c alone.
#pragma once

#include <glib.h>

#define TABLES_LATIN_PARTS 15 // of ISO/IEC 8859 that Annex A names; part 12 does not exist

/** Returns: the character of @byte in ISO/IEC 8859-@part, or 0 when the table has none. */
gunichar tables_latin_get_iso8859(guint part, guint8 byte);

/** Returns: the character of @byte in the Latin table (figure A.1), or 0. Marks have none. */
gunichar tables_latin_get_iso6937(guint8 byte);

/** Returns: the combining character that @byte puts on the letter behind it, or 0. */
gunichar tables_latin_get_mark(guint8 byte);
