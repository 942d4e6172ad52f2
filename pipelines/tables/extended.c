// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Pieces are joined as bytes where that is safe, since broadcasters cut in the middle of characters
// and repeat the selector in each piece or only in the first.
#include "pipelines/tables/extended.h"

#include <string.h>

#include "pipelines/tables/descriptor.h"

#define PIECES_MAX 16
#define LANGUAGES_MAX 8

typedef struct {
    char language[4];               // (value)
    TablesBytes pieces[PIECES_MAX]; // (unowned) from length_of_items on
    guint present;                  // (value) a bit a piece
} Long;

typedef struct {
    GByteArray *raw;         // (owned) bytes that are to be decoded together
    GString *text;           // (owned) what was decoded before
    TablesTextCode fallback; // (value)
    gboolean unknown;        // (value)
} Joint;

static void
flush(Joint *joint)
{
    TablesTextCode used = {0};
    g_autofree char *text =
        tables_text_decode(joint->raw->data, joint->raw->len, joint->fallback, &used);
    joint->unknown |= used.table == TABLES_TEXT_UNKNOWN;
    g_string_append(joint->text, text);
    g_byte_array_set_size(joint->raw, 0);
}

/* Bytes of the selector, 0: none. */
static gsize
measure_selector(const guint8 *bytes, gsize length)
{
    if (length == 0 || bytes[0] >= 0x20 || bytes[0] == 0)
        return 0;
    return bytes[0] == 0x10 ? MIN(length, 3) : 1;
}

static void
join(Joint *joint, TablesBytes piece)
{
    gsize length = tables_bytes_count_left(&piece), skipped = 0;
    gsize selector = measure_selector(piece.at, length);
    gsize before = measure_selector(joint->raw->data, joint->raw->len);
    gboolean same =
        selector > 0 && selector == before && memcmp(piece.at, joint->raw->data, selector) == 0;
    // Half a character is dropped at the end of UCS-2: joined to it, everything behind would shift.
    gboolean shifted = before == 1 && joint->raw->len % 2 == 0 &&
                       (joint->raw->data[0] == 0x11 || joint->raw->data[0] == 0x14);
    if (same)
        skipped = selector;
    else if (selector > 0 && joint->raw->len > 0)
        flush(joint);
    if (shifted && (same || selector == 0) && joint->raw->len > 1)
        g_byte_array_set_size(joint->raw, joint->raw->len - 1);
    if (length > skipped)
        g_byte_array_append(joint->raw, piece.at + skipped, (guint)(length - skipped));
}

static void
take_items(Joint *joint, TablesBytes items, GString *lines)
{
    TablesBytes name, value;
    while (tables_bytes_take_sized(&items, 1, 8, &name) &&
           tables_bytes_take_sized(&items, 1, 8, &value)) {
        g_autofree char *left =
            tables_text_decode(name.at, tables_bytes_count_left(&name), joint->fallback, NULL);
        g_autofree char *right =
            tables_text_decode(value.at, tables_bytes_count_left(&value), joint->fallback, NULL);
        g_strstrip(left);
        g_strstrip(right);
        if (left[0] != '\0' && right[0] != '\0')
            g_string_append_printf(lines, "\n%s: %s", left, right);
        else if (right[0] != '\0')
            g_string_append_printf(lines, "\n%s", right);
    }
}

static void
tell(const Long *one, TablesTextCode fallback, TablesExtendedFunc func, gpointer data)
{
    g_autoptr(GByteArray) raw = g_byte_array_new();
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GString) lines = g_string_new(NULL);
    Joint joint = {.raw = raw, .text = text, .fallback = fallback};
    for (guint i = 0; i < PIECES_MAX; i++) {
        TablesBytes body = one->pieces[i], items, piece;
        if ((one->present & 1u << i) == 0 || !tables_bytes_take_sized(&body, 1, 8, &items))
            continue;
        take_items(&joint, items, lines);
        if (tables_bytes_take_sized(&body, 1, 8, &piece))
            join(&joint, piece);
    }
    flush(&joint);
    g_string_append(text, lines->str);
    func(one->language, text->str, joint.unknown, data);
}

/* Returns: (nullable): the place of @language, NULL when there are too many. */
static Long *
ensure_language(Long *all, guint *count, const char *language)
{
    for (guint i = 0; i < *count; i++)
        if (strcmp(all[i].language, language) == 0)
            return &all[i];
    if (*count >= LANGUAGES_MAX)
        return NULL;
    Long *one = &all[(*count)++];
    *one = (Long){0};
    memcpy(one->language, language, sizeof one->language);
    return one;
}

void
tables_extended_join(TablesBytes loop, TablesTextCode fallback, TablesExtendedFunc func,
                     gpointer data)
{
    Long all[LANGUAGES_MAX];
    guint count = 0;
    TablesDescriptor descriptor;
    while (tables_descriptor_take(&loop, &descriptor)) {
        char language[4] = "";
        guint32 numbers = 0;
        if (descriptor.tag != TABLES_DESCRIPTOR_EXTENDED_EVENT ||
            !tables_bytes_take_integer(&descriptor.body, 1, &numbers) ||
            !tables_descriptor_take_code(&descriptor.body, language))
            continue;
        Long *one = ensure_language(all, &count, language);
        guint number = numbers >> 4;
        if (one == NULL || (one->present & 1u << number) != 0)
            continue;
        one->pieces[number] = descriptor.body;
        one->present |= 1u << number;
    }
    for (guint i = 0; i < count; i++)
        tell(&all[i], fallback, func, data);
}
