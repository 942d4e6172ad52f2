// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Plain writing of what the standards draw in their tables.
#include "tests/support/psi.h"

#include <string.h>

#define DAY_S 86400
#define UNIX_EPOCH_MJD 40587

void
psi_put(GByteArray *bytes, guint width, guint32 value)
{
    for (guint i = width; i > 0; i--) {
        guint8 byte = (guint8)(value >> (8 * (i - 1)));
        g_byte_array_append(bytes, &byte, 1);
    }
}

void
psi_put_descriptor(GByteArray *bytes, guint8 tag, const GByteArray *body)
{
    g_assert_cmpuint(body->len, <, 256);
    psi_put(bytes, 1, tag);
    psi_put(bytes, 1, body->len);
    g_byte_array_append(bytes, body->data, body->len);
}

void
psi_put_loop(GByteArray *bytes, guint8 high, const GByteArray *loop)
{
    g_assert_cmpuint(loop->len, <, 4096);
    psi_put(bytes, 2, (guint32)high << 12 | loop->len);
    g_byte_array_append(bytes, loop->data, loop->len);
}

void
psi_put_text(GByteArray *bytes, const GByteArray *text)
{
    guint length = text != NULL ? text->len : 0;
    g_assert_cmpuint(length, <, 256);
    psi_put(bytes, 1, length);
    if (length > 0)
        g_byte_array_append(bytes, text->data, length);
}

static guint32
to_bcd(gint64 value)
{
    return (guint32)(value / 10 * 16 + value % 10);
}

static void
put_clock(GByteArray *bytes, gint64 seconds)
{
    psi_put(bytes, 1, to_bcd(seconds / 3600));
    psi_put(bytes, 1, to_bcd(seconds / 60 % 60));
    psi_put(bytes, 1, to_bcd(seconds % 60));
}

void
psi_put_time(GByteArray *bytes, gint64 unix_ms)
{
    if (unix_ms < 0) {
        psi_put(bytes, 1, 0xFF);
        psi_put(bytes, 4, 0xFFFFFFFF);
        return;
    }
    gint64 seconds = unix_ms / 1000;
    psi_put(bytes, 2, (guint32)(seconds / DAY_S + UNIX_EPOCH_MJD));
    put_clock(bytes, seconds % DAY_S);
}

void
psi_put_duration(GByteArray *bytes, gint64 ms)
{
    if (ms < 0)
        psi_put(bytes, 3, 0xFFFFFF);
    else
        put_clock(bytes, ms / 1000);
}

void
psi_put_minutes(GByteArray *bytes, guint minutes)
{
    psi_put(bytes, 1, to_bcd(minutes / 60));
    psi_put(bytes, 1, to_bcd(minutes % 60));
}

/* Bit by bit, as the standard draws it. */
static guint32
sum_of(const GByteArray *bytes)
{
    guint32 sum = 0xFFFFFFFF;
    for (guint i = 0; i < bytes->len * 8; i++) {
        guint bit = bytes->data[i / 8] >> (7 - i % 8) & 1;
        gboolean high = (sum >> 31 ^ bit) != 0;
        sum = sum << 1 ^ (high ? 0x04C11DB7 : 0);
    }
    return sum;
}

GByteArray *
psi_make_section(const PsiHead *head, const GByteArray *body)
{
    GByteArray *section = g_byte_array_new();
    g_assert_cmpuint(body->len, <=, 4096 - 12);
    psi_put(section, 1, head->table_id);
    psi_put(section, 2, 0xB000 | (body->len + 9));
    psi_put(section, 2, head->extension);
    psi_put(section, 1, 0xC0u | (guint32)head->version << 1 | (head->next ? 0 : 1));
    psi_put(section, 1, head->number);
    psi_put(section, 1, head->last);
    g_byte_array_append(section, body->data, body->len);
    psi_put(section, 4, sum_of(section));
    return section;
}

GByteArray *
psi_make_short(guint8 table_id, const GByteArray *body, gboolean sum)
{
    GByteArray *section = g_byte_array_new();
    psi_put(section, 1, table_id);
    psi_put(section, 2, 0x7000 | (body->len + (sum ? 4 : 0)));
    g_byte_array_append(section, body->data, body->len);
    if (sum)
        psi_put(section, 4, sum_of(section));
    return section;
}

GByteArray *
psi_encode(const char *text, PsiText way)
{
    static const guint8 selectors[] = {0x15, 0x07, 0, 0x11};
    GByteArray *bytes = g_byte_array_new();
    if (way != PSI_TEXT_TIS620 && *text != '\0')
        psi_put(bytes, 1, selectors[way]);
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar character = g_utf8_get_char(at);
        if (way == PSI_TEXT_UTF8) {
            g_byte_array_append(bytes, (const guint8 *)at, (guint)(g_utf8_next_char(at) - at));
        } else if (way == PSI_TEXT_UCS2) {
            psi_put(bytes, 2, character);
        } else {
            gboolean thai = character >= 0x0E01 && character <= 0x0E5B;
            g_assert_true(thai || character < 0x80);
            psi_put(bytes, 1, thai ? character - 0x0E01 + 0xA1 : character);
        }
    }
    return bytes;
}
