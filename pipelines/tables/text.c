// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Selector → table → characters → one place that drops control codes. Called by whatever parses a
// descriptor; keeps nothing between calls.
#include "pipelines/tables/text.h"

#include <iconv.h>
#include <string.h>

#include "pipelines/tables/latin.h"

#define REPLACEMENT 0xFFFD
#define CONTROL_BASE 0xE000 // U+E080 to U+E09F are 0x80 to 0x9F in tables of more than one byte
#define LINE_FEED_CODE 0x8A

gboolean
tables_text_parse_code(const char *name, TablesTextCode *code)
{
    static const struct {
        const char *name;    // without hyphens
        TablesTextCode code; // what it means
    } names[] = {
        {"iso6937", {TABLES_TEXT_ISO6937, 0}}, {"tis620", {TABLES_TEXT_ISO8859, 11}},
        {"cp874", {TABLES_TEXT_CP874, 0}},     {"windows874", {TABLES_TEXT_CP874, 0}},
        {"utf8", {TABLES_TEXT_UTF8, 0}},       {"ucs2", {TABLES_TEXT_UCS2, 0}},
        {"euckr", {TABLES_TEXT_KOREAN, 0}},    {"ksx1001", {TABLES_TEXT_KOREAN, 0}},
        {"gb2312", {TABLES_TEXT_CHINESE, 0}},  {"euccn", {TABLES_TEXT_CHINESE, 0}},
        {"latin1", {TABLES_TEXT_ISO8859, 1}},
    };
    g_autoptr(GString) plain = g_string_new(NULL);
    for (const char *at = name; *at != '\0'; at++)
        if (*at != '-' && *at != '_')
            g_string_append_c(plain, g_ascii_tolower(*at));
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strcmp(names[i].name, plain->str) != 0)
            continue;
        *code = names[i].code;
        return TRUE;
    }
    guint64 part = 0;
    if (!g_str_has_prefix(plain->str, "iso8859") ||
        !g_ascii_string_to_unsigned(plain->str + 7, 10, 1, TABLES_LATIN_PARTS, &part, NULL) ||
        part == 12)
        return FALSE;
    *code = (TablesTextCode){TABLES_TEXT_ISO8859, (guint)part};
    return TRUE;
}

static gboolean
is_thai(TablesTextCode code)
{
    return code.table == TABLES_TEXT_CP874 ||
           (code.table == TABLES_TEXT_ISO8859 && code.part == 11);
}

/* Two TIS-620 letters may be the two bytes of one Latin letter in UTF-8 (รถ and ö): on a Thai
 * network, without one Latin letter or one character of three bytes beside them, they are Thai. */
static gboolean
is_rather_thai(const guint8 *bytes, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        gboolean latin = bytes[i] < 0x80 && g_ascii_isalpha((char)bytes[i]);
        if (latin || bytes[i] >= 0xE0 || (bytes[i] >= 0x80 && bytes[i] < 0xA1))
            return FALSE;
    }
    return TRUE;
}

static TablesTextCode
guess(const guint8 *bytes, gsize length, TablesTextCode fallback)
{
    gboolean valid = g_utf8_validate_len((const char *)bytes, length, NULL);
    if (!valid || (is_thai(fallback) && is_rather_thai(bytes, length)))
        return fallback;
    return (TablesTextCode){TABLES_TEXT_UTF8, 0};
}

/* EN 300 468 table A.3; what is reserved counts as no selector that is known. */
static TablesTextCode
find_single(guint8 selector, TablesTextCode fallback)
{
    if (selector <= 0x0B && selector != 0x08)
        return (TablesTextCode){TABLES_TEXT_ISO8859, selector + 4u};
    switch (selector) {
    case 0x11:
    case 0x14:
        return (TablesTextCode){TABLES_TEXT_UCS2, 0};
    case 0x12:
        return (TablesTextCode){TABLES_TEXT_KOREAN, 0};
    case 0x13:
        return (TablesTextCode){TABLES_TEXT_CHINESE, 0};
    case 0x15:
        return (TablesTextCode){TABLES_TEXT_UTF8, 0};
    case 0x1F:
        return (TablesTextCode){TABLES_TEXT_UNKNOWN, 0};
    default:
        return fallback;
    }
}

TablesTextCode
tables_text_find_code(const guint8 *bytes, gsize length, TablesTextCode fallback, gsize *skipped)
{
    *skipped = 0;
    if (length == 0 || bytes[0] >= 0x20 || bytes[0] == 0)
        return guess(bytes, length, fallback);
    *skipped = 1;
    if (bytes[0] == 0x10) {
        gboolean named = length >= 3 && bytes[1] == 0 && bytes[2] >= 1 &&
                         bytes[2] <= TABLES_LATIN_PARTS && bytes[2] != 12;
        *skipped = MIN(length, 3);
        if (named)
            return (TablesTextCode){TABLES_TEXT_ISO8859, bytes[2]};
    }
    TablesTextCode reserved = guess(bytes + *skipped, length - *skipped, fallback);
    return bytes[0] == 0x10 ? reserved : find_single(bytes[0], reserved);
}

static void
append(GString *text, gunichar character)
{
    if (character >= CONTROL_BASE + 0x80 && character <= CONTROL_BASE + 0x9F)
        character -= CONTROL_BASE;
    if (character == LINE_FEED_CODE)
        character = '\n';
    gboolean control = character < 0x20 || (character >= 0x7F && character < 0xA0);
    gboolean nothing = character == 0xFEFF || (character >= 0xFFFE && character <= 0xFFFF);
    if ((!control || character == '\n') && !nothing)
        g_string_append_unichar(text, character);
}

static void
append_or_replace(GString *text, gunichar character)
{
    append(text, character != 0 ? character : REPLACEMENT);
}

static void
decode_iso8859(GString *text, const guint8 *bytes, gsize length, guint part)
{
    for (gsize i = 0; i < length; i++)
        if (bytes[i] != 0)
            append_or_replace(text, tables_latin_get_iso8859(part, bytes[i]));
}

static void
decode_cp874(GString *text, const guint8 *bytes, gsize length)
{
    static const gunichar quotes[] = {0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014};
    for (gsize i = 0; i < length; i++) {
        if (bytes[i] >= 0x91 && bytes[i] <= 0x97)
            append(text, quotes[bytes[i] - 0x91]);
        else if (bytes[i] == 0x80 || bytes[i] == 0x85)
            append(text, bytes[i] == 0x80 ? 0x20AC : 0x2026);
        else if (bytes[i] != 0)
            append_or_replace(text, tables_latin_get_iso8859(11, bytes[i]));
    }
}

/* A mark comes before its letter; alone it is nothing that could be shown. */
static void
decode_iso6937(GString *text, const guint8 *bytes, gsize length)
{
    gunichar mark = 0;
    for (gsize i = 0; i < length; i++) {
        gunichar next = tables_latin_get_mark(bytes[i]);
        if (next != 0) {
            if (mark != 0)
                append(text, REPLACEMENT);
            mark = next;
            continue;
        }
        gunichar letter = tables_latin_get_iso6937(bytes[i]), composed = 0;
        gboolean carries = mark != 0 && g_unichar_isalpha(letter);
        if (mark != 0 && !carries)
            append(text, REPLACEMENT);
        if (carries && g_unichar_compose(letter, mark, &composed)) {
            append(text, composed);
        } else if (bytes[i] != 0) {
            append_or_replace(text, letter);
            if (carries)
                append(text, mark);
        }
        mark = 0;
    }
    if (mark != 0)
        append(text, REPLACEMENT);
}

static void
decode_ucs2(GString *text, const guint8 *bytes, gsize length)
{
    gunichar high = 0;
    for (gsize i = 0; i + 1 < length; i += 2) {
        gunichar unit = (gunichar)bytes[i] << 8 | bytes[i + 1];
        gboolean is_high = unit >= 0xD800 && unit <= 0xDBFF;
        gboolean is_low = unit >= 0xDC00 && unit <= 0xDFFF;
        if (high != 0 && is_low) {
            append(text, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
            high = 0;
            continue;
        }
        if (high != 0)
            append(text, REPLACEMENT);
        high = is_high ? unit : 0;
        if (!is_high)
            append(text, is_low ? REPLACEMENT : unit);
    }
    if (high != 0)
        append(text, REPLACEMENT);
}

static void
decode_utf8(GString *text, const guint8 *bytes, gsize length)
{
    for (gsize at = 0; at < length;) {
        gunichar character =
            g_utf8_get_char_validated((const char *)bytes + at, (gssize)(length - at));
        if (character == (gunichar)-1 || character == (gunichar)-2) {
            append(text, REPLACEMENT);
            // The rest of a broken character is not broken anew.
            for (at++; at < length && (bytes[at] & 0xC0) == 0x80;)
                at++;
            continue;
        }
        append(text, character);
        at += (gsize)g_unichar_to_utf8(character, NULL);
    }
}

/* One character of two bytes. Returns: 0 when the code has none. */
static gunichar
convert_pair(iconv_t converter, const guint8 *pair)
{
    char input[2] = {(char)pair[0], (char)pair[1]}, output[8] = {0};
    char *from = input, *to = output;
    gsize from_left = sizeof input, to_left = sizeof output;
    iconv(converter, NULL, NULL, NULL, NULL);
    if (iconv(converter, &from, &from_left, &to, &to_left) == (gsize)-1 || to_left == sizeof output)
        return 0;
    return g_utf8_get_char(output);
}

/* Codes of the EUC family: ASCII, DVB's control codes, and pairs of bytes from 0xA1 on. */
static void
decode_pairs(GString *text, const guint8 *bytes, gsize length, const char *charset)
{
    iconv_t converter = iconv_open("UTF-8", charset);
    gboolean known = converter != (iconv_t)-1;
    for (gsize i = 0; i < length; i++) {
        if (bytes[i] < 0xA0) {
            if (bytes[i] != 0)
                append(text, bytes[i]);
            continue;
        }
        gboolean pair = i + 1 < length && bytes[i] >= 0xA1 && bytes[i + 1] >= 0xA1;
        append_or_replace(text, pair && known ? convert_pair(converter, bytes + i) : 0);
        i += pair;
    }
    if (known)
        iconv_close(converter);
}

char *
tables_text_decode(const guint8 *bytes, gsize length, TablesTextCode fallback, TablesTextCode *used)
{
    gsize skipped = 0;
    TablesTextCode code = tables_text_find_code(bytes, length, fallback, &skipped);
    GString *text = g_string_sized_new(length + 1);
    if (used != NULL)
        *used = code;
    bytes = skipped > 0 ? bytes + skipped : bytes;
    length -= skipped;
    switch (code.table) {
    case TABLES_TEXT_ISO6937:
        decode_iso6937(text, bytes, length);
        break;
    case TABLES_TEXT_ISO8859:
        decode_iso8859(text, bytes, length, code.part);
        break;
    case TABLES_TEXT_CP874:
        decode_cp874(text, bytes, length);
        break;
    case TABLES_TEXT_UCS2:
        decode_ucs2(text, bytes, length);
        break;
    case TABLES_TEXT_UTF8:
        decode_utf8(text, bytes, length);
        break;
    case TABLES_TEXT_KOREAN:
        decode_pairs(text, bytes, length, "EUC-KR");
        break;
    case TABLES_TEXT_CHINESE:
        decode_pairs(text, bytes, length, "EUC-CN");
        break;
    case TABLES_TEXT_UNKNOWN:
        break;
    }
    return g_string_free(text, FALSE);
}
