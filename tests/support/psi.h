// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Writes sections of MPEG and DVB tables, right ones: whoever wants them wrong changes the bytes.
// Has nothing in common with the code under test, its check sum included.
#pragma once

#include <glib.h>

/** The numbers in the head of a section. */
typedef struct {
    guint8 table_id;   // (value)
    guint16 extension; // (value)
    guint8 version;    // (value)
    guint8 number;     // (value)
    guint8 last;       // (value)
    gboolean next;     // (value) not in force yet
} PsiHead;

/** Appends @width bytes, big-endian. */
void psi_put(GByteArray *bytes, guint width, guint32 value);

/** Appends a descriptor. */
void psi_put_descriptor(GByteArray *bytes, guint8 tag, const GByteArray *body);

/** Appends @loop behind its length of 12 bits; @high: the four bits before them. */
void psi_put_loop(GByteArray *bytes, guint8 high, const GByteArray *loop);

/** Appends @text (nullable) behind its length of 8 bits. */
void psi_put_text(GByteArray *bytes, const GByteArray *text);

/** Appends five bytes of date and time, or three of a duration; negative: undefined. */
void psi_put_time(GByteArray *bytes, gint64 unix_ms);
void psi_put_duration(GByteArray *bytes, gint64 ms);

/** Appends four digits of hours and minutes. */
void psi_put_minutes(GByteArray *bytes, guint minutes);

/** Returns: (transfer full): a section with numbers and check sum around @body. */
GByteArray *psi_make_section(const PsiHead *head, const GByteArray *body);

/** Returns: (transfer full): a short section; @sum: with a check sum (TOT). */
GByteArray *psi_make_short(guint8 table_id, const GByteArray *body, gboolean sum);

/** Ways to write text. */
typedef enum {
    PSI_TEXT_UTF8,       // 0x15
    PSI_TEXT_ISO8859_11, // 0x07
    PSI_TEXT_TIS620,     // no selector
    PSI_TEXT_UCS2,       // 0x11
} PsiText;

/** Returns: (transfer full): @text as it stands in a table. */
GByteArray *psi_encode(const char *text, PsiText way);
