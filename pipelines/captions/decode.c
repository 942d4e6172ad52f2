// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Which encoding → UTF-8 → clean lines. Thai spelling is the proof for the eight-bit codes: a vowel
// or tone mark stands on a consonant, a leading vowel before one. French or Vietnamese bytes break
// these rules in nearly every word.
#include "pipelines/captions/decode.h"

#include <string.h>

#include "pipelines/captions/cues.h"

#define REPLACEMENT 0xFFFD
#define SPELLING_PERCENT 5 // misspelt bytes that a Thai text may have
#define LONELY_PERCENT 20  // Thai bytes without a Thai neighbour

typedef enum {
    ENCODING_UTF8,
    ENCODING_UTF16_LITTLE,
    ENCODING_UTF16_BIG,
    ENCODING_THAI,
    ENCODING_UNKNOWN,
} Encoding;

static gboolean
starts_with(const guint8 *bytes, gsize length, const char *mark, gsize mark_bytes)
{
    return length >= mark_bytes && memcmp(bytes, mark, mark_bytes) == 0;
}

/* UTF-16 without a mark: numbers and line ends have their zero bytes all on one side. */
static Encoding
guess_utf16(const guint8 *bytes, gsize length)
{
    gsize zeros[2] = {0, 0};
    for (gsize i = 0; i < length; i++)
        zeros[i % 2] += bytes[i] == 0;
    guint low = zeros[1] > zeros[0] ? 0 : 1;
    gboolean clear = zeros[1 - low] >= 8 * zeros[low] && zeros[1 - low] * 2 * 50 >= length;
    if (length % 2 != 0 || !clear)
        return ENCODING_UNKNOWN;
    return low == 0 ? ENCODING_UTF16_LITTLE : ENCODING_UTF16_BIG;
}

static gboolean
is_thai_consonant(guint8 byte)
{
    return byte >= 0xA1 && byte <= 0xCE;
}

/* Above or below the letter before it. */
static gboolean
is_thai_mark(guint8 byte)
{
    return byte == 0xD1 || (byte >= 0xD4 && byte <= 0xDA) || (byte >= 0xE7 && byte <= 0xEE);
}

static gboolean
is_thai_leading_vowel(guint8 byte)
{
    return byte >= 0xE0 && byte <= 0xE4;
}

/* Points, quotes and the no-break space that windows-874 adds. */
static gboolean
is_windows_sign(guint8 byte)
{
    return byte == 0x80 || byte == 0x85 || (byte >= 0x91 && byte <= 0x97) || byte == 0xA0;
}

static gboolean
is_thai_byte(guint8 byte)
{
    return (byte >= 0xA1 && byte <= 0xDA) || (byte >= 0xDF && byte <= 0xFB);
}

static gboolean
is_misspelt(guint8 before, guint8 byte, guint8 after)
{
    if (is_thai_mark(byte))
        return !is_thai_consonant(before) && !is_thai_mark(before);
    return is_thai_leading_vowel(byte) && !is_thai_consonant(after);
}

static gboolean
is_thai_text(const guint8 *bytes, gsize length)
{
    gsize thai = 0, misspelt = 0, lonely = 0;
    for (gsize i = 0; i < length; i++) {
        guint8 byte = bytes[i];
        if (byte < 0x80 || is_windows_sign(byte))
            continue;
        if (!is_thai_byte(byte))
            return FALSE;
        guint8 before = i > 0 ? bytes[i - 1] : 0;
        guint8 after = i + 1 < length ? bytes[i + 1] : 0;
        thai++;
        misspelt += is_misspelt(before, byte, after);
        lonely += !is_thai_byte(before) && !is_thai_byte(after);
    }
    return thai > 0 && misspelt * 100 <= thai * SPELLING_PERCENT &&
           lonely * 100 <= thai * LONELY_PERCENT;
}

static Encoding
find_encoding(const guint8 *bytes, gsize length, gsize *skipped)
{
    *skipped = 0;
    if (starts_with(bytes, length, "\xEF\xBB\xBF", 3)) {
        *skipped = 3;
        return g_utf8_validate_len((const char *)bytes + 3, length - 3, NULL) ? ENCODING_UTF8
                                                                              : ENCODING_UNKNOWN;
    }
    if (starts_with(bytes, length, "\xFF\xFE\0\0", 4) ||
        starts_with(bytes, length, "\0\0\xFE\xFF", 4)) // UTF-32, which nobody makes
        return ENCODING_UNKNOWN;
    if (starts_with(bytes, length, "\xFF\xFE", 2) || starts_with(bytes, length, "\xFE\xFF", 2)) {
        *skipped = 2;
        return bytes[0] == 0xFF ? ENCODING_UTF16_LITTLE : ENCODING_UTF16_BIG;
    }
    if (memchr(bytes, 0, length) != NULL)
        return guess_utf16(bytes, length);
    if (g_utf8_validate_len((const char *)bytes, length, NULL))
        return ENCODING_UTF8;
    return is_thai_text(bytes, length) ? ENCODING_THAI : ENCODING_UNKNOWN;
}

static guint
count_lines(const guint8 *bytes, gsize length)
{
    guint line = 1;
    for (gsize i = 0; i < length; i++)
        line += bytes[i] == '\n' || (bytes[i] == '\r' && (i + 1 == length || bytes[i + 1] != '\n'));
    return line;
}

/* The line of the first byte that is not UTF-8: where a person should look. */
static char *
fail_encoding(const guint8 *bytes, gsize length, CaptionsFaults *faults)
{
    const char *end = NULL;
    g_utf8_validate_len((const char *)bytes, length, &end);
    captions_faults_add(faults, count_lines(bytes, (gsize)((const guint8 *)end - bytes)),
                        CAPTIONS_FAULTS_ENCODING);
    return NULL;
}

static gunichar
thai_to_unicode(guint8 byte)
{
    static const gunichar quotes[] = {0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014};
    if (is_thai_byte(byte))
        return (gunichar)byte - 0xA1 + 0x0E01;
    if (byte >= 0x91 && byte <= 0x97)
        return quotes[byte - 0x91];
    if (byte == 0x80)
        return 0x20AC;
    return byte == 0x85 ? 0x2026 : byte;
}

static void
append_unit(GString *text, gunichar unit, gunichar *high)
{
    if (*high != 0 && unit >= 0xDC00 && unit <= 0xDFFF) {
        g_string_append_unichar(text, 0x10000 + ((*high - 0xD800) << 10) + (unit - 0xDC00));
        *high = 0;
        return;
    }
    if (*high != 0)
        g_string_append_unichar(text, REPLACEMENT);
    *high = unit >= 0xD800 && unit <= 0xDBFF ? unit : 0;
    if (*high == 0)
        g_string_append_unichar(text, unit >= 0xDC00 && unit <= 0xDFFF ? REPLACEMENT : unit);
}

static GString *
convert(const guint8 *bytes, gsize length, Encoding encoding)
{
    GString *text = g_string_sized_new(length + 1);
    gunichar high = 0;
    if (encoding == ENCODING_UTF8)
        return g_string_append_len(text, (const char *)bytes, (gssize)length);
    if (encoding == ENCODING_THAI) {
        for (gsize i = 0; i < length; i++)
            g_string_append_unichar(text, thai_to_unicode(bytes[i]));
        return text;
    }
    guint low = encoding == ENCODING_UTF16_LITTLE ? 0 : 1;
    for (gsize i = 0; i + 1 < length; i += 2)
        append_unit(text, (gunichar)bytes[i + low] | (gunichar)bytes[i + 1 - low] << 8, &high);
    if (high != 0 || length % 2 != 0)
        g_string_append_unichar(text, REPLACEMENT);
    return text;
}

/* One kind of line end, no control characters (C0, DEL, C1), U+0000 as WebVTT wants it (§4). */
static char *
clean(const GString *raw, CaptionsFaults *faults)
{
    GString *text = g_string_sized_new(raw->len + 1);
    const char *end = raw->str + raw->len;
    guint line = 1, told = 0;
    for (const char *at = raw->str; at < end; at = g_utf8_next_char(at)) {
        gunichar character = *at == '\0' ? 0 : g_utf8_get_char(at);
        gboolean line_end = character == '\n' || (character == '\r' && at[1] != '\n');
        gboolean control = character < 0x20 || (character >= 0x7F && character < 0xA0);
        if (line_end) {
            line++;
            g_string_append_c(text, '\n');
        } else if (character == '\r' || (character == 0xFEFF && at == raw->str)) {
            continue;
        } else if (control && character != '\t') {
            g_string_append_unichar(text, character == 0 ? REPLACEMENT : ' ');
            if (told != line)
                captions_faults_add(faults, line, CAPTIONS_FAULTS_CONTROL);
            told = line;
        } else {
            g_string_append_unichar(text, character);
        }
    }
    return g_string_free(text, FALSE);
}

char *
captions_decode_text(const guint8 *bytes, gsize length, CaptionsFaults *faults)
{
    gsize skipped = 0;
    if (length > CAPTIONS_CUES_MAX_FILE_BYTES) {
        captions_faults_add(faults, 0, CAPTIONS_FAULTS_TOO_LARGE);
        return NULL;
    }
    if (length == 0) {
        captions_faults_add(faults, 0, CAPTIONS_FAULTS_EMPTY);
        return NULL;
    }
    Encoding encoding = find_encoding(bytes, length, &skipped);
    if (encoding == ENCODING_UNKNOWN)
        return fail_encoding(bytes, length, faults);
    GString *raw = convert(bytes + skipped, length - skipped, encoding);
    char *text = clean(raw, faults);
    g_string_free(raw, TRUE);
    return text;
}
