// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Caption files of every kind against golden texts and faults, encodings against the system's own
// converter, and the bounds.
#include <string.h>

#include "pipelines/captions/language.h"
#include "pipelines/captions/parse.h"
#include "pipelines/captions/webvtt.h"

#define TIMES "1\n00:00:01,000 --> 00:00:02,000\n"

static void
append_faults(GString *out, GArray *list)
{
    for (guint i = 0; i < list->len; i++) {
        const CaptionsFaultsOne *one = &g_array_index(list, CaptionsFaultsOne, i);
        g_string_append_printf(out, "== %u %s\n", one->line, captions_faults_get_code(one->kind));
        g_assert_cmpuint(strlen(captions_faults_get_sentence(one->kind, TRUE)), >, 10);
        g_assert_cmpuint(strlen(captions_faults_get_sentence(one->kind, FALSE)), >, 10);
    }
}

/* The canonical text, then the faults. */
static char *
describe(const char *bytes, gsize length)
{
    g_autoptr(CaptionsFaults) faults = captions_faults_new();
    g_autoptr(CaptionsCues) cues = captions_parse_bytes((const guint8 *)bytes, length, faults);
    g_assert_true((cues == NULL) == (faults->errors->len > 0));
    g_autofree char *text = cues != NULL ? captions_webvtt_write(cues) : g_strdup("");
    GString *out = g_string_new(text);
    append_faults(out, faults->errors);
    append_faults(out, faults->warnings);
    return g_string_free(out, FALSE);
}

static void
assert_described(const char *text, const char *expected)
{
    g_autofree char *described = describe(text, strlen(text));
    g_assert_cmpstr(described, ==, expected);
}

static char *
load(const char *name, const char *ending, gsize *length)
{
    g_autofree char *file = g_strconcat(name, ending, NULL);
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "golden", file, NULL);
    char *text = NULL;
    g_autoptr(GError) error = NULL;
    g_file_get_contents(path, &text, length, &error);
    g_assert_no_error(error);
    return text;
}

static void
test_golden(gconstpointer name)
{
    gsize length, golden_length;
    g_autofree char *text = load(name, "", &length);
    g_autofree char *golden = load(name, ".out", &golden_length);
    g_autofree char *described = describe(text, length);
    g_assert_cmpstr(described, ==, golden);
    // The same with the other line ends.
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autofree char *windows = g_strjoinv("\r\n", lines);
    g_autofree char *classic = g_strjoinv("\r", lines);
    g_autofree char *second = describe(windows, strlen(windows));
    g_autofree char *third = describe(classic, strlen(classic));
    g_assert_cmpstr(second, ==, golden);
    g_assert_cmpstr(third, ==, golden);
}

/* What was written is read back as it was, with nothing to complain about but the overlap. */
static void
test_comes_back(gconstpointer name)
{
    gsize length;
    g_autofree char *text = load(name, "", &length);
    g_autoptr(CaptionsFaults) faults = captions_faults_new();
    g_autoptr(CaptionsCues) cues = captions_parse_bytes((guint8 *)text, length, faults);
    g_autofree char *first = captions_webvtt_write(cues);
    g_autoptr(CaptionsFaults) again_faults = captions_faults_new();
    g_autoptr(CaptionsCues) again =
        captions_parse_bytes((guint8 *)first, strlen(first), again_faults);
    g_assert_nonnull(again);
    g_autofree char *second = captions_webvtt_write(again);
    g_assert_cmpstr(first, ==, second);
    for (guint i = 0; i < again_faults->warnings->len; i++)
        g_assert_cmpint(g_array_index(again_faults->warnings, CaptionsFaultsOne, i).kind, ==,
                        CAPTIONS_FAULTS_OVERLAP);
}

/* Each encoding gives what UTF-8 gives. */
static void
test_encodings(void)
{
    static const struct {
        const char *name; // (static)
        const char *mark; // (static)
        gsize mark_bytes; // (value)
    } encodings[] = {
        {"UTF-8", "", 0},
        {"UTF-8", "\xEF\xBB\xBF", 3},
        {"UTF-16LE", "\xFF\xFE", 2},
        {"UTF-16LE", "", 0},
        {"UTF-16BE", "\xFE\xFF", 2},
        {"UTF-16BE", "", 0},
        {"TIS-620", "", 0},
        {"CP874", "", 0},
        {"ISO-8859-11", "", 0},
    };
    const char *text = TIMES "น้ำใจ ของ “ครู” ก๊อก เป็นอยู่ที่นี่ ๑๒๓ ฿ OK\n\n2\n00:00:03,000 --> "
                             "00:00:04,000\nเขียนไทยได้ทั้งสิ้น\n";
    const char *plain = TIMES "น้ำใจ ของ ครู ก๊อก เป็นอยู่ที่นี่ ๑๒๓ ฿ OK\n\n2\n00:00:03,000 --> "
                              "00:00:04,000\nเขียนไทยได้ทั้งสิ้น\n";
    for (guint i = 0; i < G_N_ELEMENTS(encodings); i++) {
        gboolean quotes = encodings[i].name[0] == 'U' || encodings[i].name[0] == 'C';
        const char *source = quotes ? text : plain;
        gsize length;
        g_autofree char *coded =
            g_convert(source, -1, encodings[i].name, "UTF-8", NULL, &length, NULL);
        g_assert_nonnull(coded);
        GString *bytes = g_string_new_len(encodings[i].mark, (gssize)encodings[i].mark_bytes);
        g_string_append_len(bytes, coded, (gssize)length);
        g_autofree char *expected = describe(source, strlen(source));
        g_autofree char *described = describe(bytes->str, bytes->len);
        g_assert_cmpstr(described, ==, expected);
        g_string_free(bytes, TRUE);
    }
}

/* Other eight-bit codes, other alphabets and damage are refused with the line, never shown as Thai.
 */
static void
test_unknown_encodings(void)
{
    static const char *const codes[][2] = {
        {"ISO-8859-1", "Voilà l'élève à côté, déjà prêt: ça va, là-bas où été naïf\n"},
        {"ISO-8859-1", "ÉCOLE ÊTRE ÀÉÉ über größer fünf\n"},
        {"WINDOWS-1251", "Привет, ученики, это урок\n"},
        {"KOI8-R", "Привет, ученики, это урок\n"},
        {"GBK", "大家好，今天我们学习数学\n"},
        {"SHIFT_JIS", "みなさんこんにちは\n"},
        {"WINDOWS-1258", "Đây là trường học của chúng\n"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(codes); i++) {
        g_autofree char *source = g_strconcat(TIMES, codes[i][1], NULL);
        gsize length;
        g_autofree char *coded = g_convert(source, -1, codes[i][0], "UTF-8", NULL, &length, NULL);
        g_assert_nonnull(coded);
        g_autofree char *described = describe(coded, length);
        g_assert_cmpstr(described, ==, "== 3 encoding\n");
    }
    assert_described("WEBVTT\n\n00:01.000 --> 00:02.000\nก\xE0\xB8\n", "== 4 encoding\n");
    g_autofree char *zeros = describe("WEBVTT\n\na\0\0z", 12);
    g_assert_cmpstr(zeros, ==, "== 3 encoding\n");
}

static void
test_refusals(void)
{
    assert_described("", "== 0 empty\n");
    assert_described("WEBVTT\n", "== 0 empty\n");
    assert_described("hello\nthis is no caption\n", "== 0 not-captions\n");
    assert_described("[Script Info]\nDialogue: 0,0:00:01.00,0:00:02.00,x\n", "== 0 not-captions\n");
    assert_described("WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<b> </b>\n",
                     "== 0 empty\n== 3 blank\n");
    assert_described("WEBVTT\n\n24:00:00.000 --> 24:00:00.001\nx\n", "== 3 beyond\n");
    assert_described("WEBVTT\n\n99999999999:00:00.000 --> 24:00:00.001\nx\n", "== 3 time\n");
    assert_described("WEBVTT\n\n00:60:00.000 --> 00:61:00.001\nx\n", "== 3 time\n");
    assert_described("WEBVTT\n\n00:01.000 --> 00:02.000\na\x01\x02z\n",
                     "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\na  z\n== 4 control\n");
    g_autofree char *large = g_strnfill(CAPTIONS_CUES_MAX_FILE_BYTES + 1, 'x');
    assert_described(large, "== 0 too-large\n");
}

static void
test_text_length(void)
{
    GString *text = g_string_new("WEBVTT\n\n00:01.000 --> 00:02.000\n");
    gsize head = text->len;
    for (guint i = 0; i < CAPTIONS_CUES_MAX_TEXT_CHARS; i++)
        g_string_append(text, "ก");
    g_autofree char *fits = describe(text->str, text->len);
    g_assert_false(g_str_has_suffix(fits, "text-length\n"));
    g_string_append(text, "ก");
    assert_described(text->str, "== 3 text-length\n");
    g_string_truncate(text, head);
    for (guint i = 0; i < 1000000; i++)
        g_string_append_c(text, '<');
    assert_described(text->str, "== 3 text-length\n");
    g_string_free(text, TRUE);
}

/* The list of faults is bounded and the rest is counted. */
static void
test_bounds(void)
{
    GString *text = g_string_new("WEBVTT\n");
    for (guint i = 0; i < CAPTIONS_CUES_MAX + 1; i++)
        g_string_append_printf(text, "\n%02u:%02u:%02u.000 --> %02u:%02u:%02u.500\nx\n", i / 3600,
                               i / 60 % 60, i % 60, i / 3600, i / 60 % 60, i % 60);
    g_autofree char *last = g_strdup_printf("== %u too-many\n", 2 + 3 * CAPTIONS_CUES_MAX + 1);
    assert_described(text->str, last);
    g_string_assign(text, "WEBVTT\n");
    for (guint i = 0; i < CAPTIONS_FAULTS_MAX + 7; i++)
        g_string_append(text, "\n00:02.000 --> 00:01.000\nx\n");
    g_autoptr(CaptionsFaults) faults = captions_faults_new();
    g_assert_null(captions_parse_bytes((guint8 *)text->str, text->len, faults));
    g_assert_cmpuint(faults->errors->len, ==, CAPTIONS_FAULTS_MAX);
    g_assert_cmpuint(faults->more_errors, ==, 7);
    g_string_free(text, TRUE);
}

static void
test_languages(void)
{
    static const char *const tags[][2] = {
        {"th", "th"},
        {"TH", "th"},
        {"tha", "th"},
        {"may", "ms"},
        {"zh-hant-tw", "zh-Hant-TW"},
        {"en_US", "en-US"},
        {"und", "und"},
        {"es-419", "es-419"},
        {"shn", "shn"},
        {"sl-rozaj-1994", "sl-rozaj-1994"},
        {"", NULL},
        {"t", NULL},
        {"thai", NULL},
        {"th-", NULL},
        {"../th", NULL},
        {"th.vtt", NULL},
        {"th/en", NULL},
        {"th-TH-TH", NULL},
        {"ไทย", NULL},
        {"x-private", NULL},
        {"en-a-b-c-d-e-f-g-h-i-j-k-l-m-n-o", NULL},
    };
    for (guint i = 0; i < G_N_ELEMENTS(tags); i++) {
        g_autofree char *tag = captions_language_canonicalise(tags[i][0]);
        g_assert_cmpstr(tag, ==, tags[i][1]);
        g_assert_true(captions_language_is_canonical(tags[i][0]) ==
                      (g_strcmp0(tags[i][0], tags[i][1]) == 0));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/captions/golden/subrip", "plain.srt", test_golden);
    g_test_add_data_func("/captions/golden/webvtt", "full.vtt", test_golden);
    g_test_add_data_func("/captions/golden/broken", "broken.srt", test_golden);
    g_test_add_data_func("/captions/comes-back/subrip", "plain.srt", test_comes_back);
    g_test_add_data_func("/captions/comes-back/webvtt", "full.vtt", test_comes_back);
    g_test_add_func("/captions/encodings", test_encodings);
    g_test_add_func("/captions/unknown-encodings", test_unknown_encodings);
    g_test_add_func("/captions/refusals", test_refusals);
    g_test_add_func("/captions/text-length", test_text_length);
    g_test_add_func("/captions/bounds", test_bounds);
    g_test_add_func("/captions/languages", test_languages);
    return g_test_run();
}
