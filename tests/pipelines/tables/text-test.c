// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Every selector of EN 300 468 Annex A against texts written down here, the eight-bit tables
// against the system's own converter, and any bytes at all.
#include <iconv.h>
#include <string.h>

#include "pipelines/tables/latin.h"
#include "pipelines/tables/text.h"

#define BAD "\xEF\xBF\xBD"

typedef struct {
    const char *bytes;    // with its selector
    gsize length;         // 0: up to the zero byte
    const char *fallback; // name of the network's default, NULL: the standard's
    const char *expected; // UTF-8
} Golden;

static const Golden goldens[] = {
    {"", 0, NULL, ""},
    {"News", 0, NULL, "News"},
    // Selectors of one byte.
    {"\x01\xBC\xD8\xE0", 0, NULL, "Мир"},
    {"\x02\xC7\xC8", 0, NULL, "اب"},
    {"\x03\xC1\xE2", 0, NULL, "Αβ"},
    {"\x04\xE0\xF9", 0, NULL, "אש"},
    {"\x05\xDD\xFE", 0, NULL, "İş"},
    {"\x06\xA1", 0, NULL, "Ą"},
    {"\x07\xA4\xB3\xD4\xB5", 0, NULL, "คณิต"},
    {"\x09\xE0", 0, NULL, "ą"},
    {"\x0A\xA1", 0, NULL, "Ḃ"},
    {"\x0B\xA4", 0, NULL, "€"},
    // Selectors of three.
    {"\x10\x00\x01\xE9", 4, NULL, "é"},
    {"\x10\x00\x02\xB1", 4, NULL, "ą"},
    {"\x10\x00\x0B\xA1\xD2\xC3", 6, NULL, "การ"},
    {"\x10\x00\x0F\xA4", 4, NULL, "€"},
    {"\x10\x00\x0C\xA1\xD2\xC3", 6, "tis-620", "การ"}, // there is no part 12
    {"\x10\x00", 2, NULL, ""},
    // More than one byte a character.
    {"\x11\x0E\x04\x00\x41", 5, NULL, "คA"},
    {"\x11\x0E\x04\x0E", 4, NULL, "ค"}, // half a character is none
    {"\x11\xD8\x3D\xDE\x00\xD8\x3D\x00\x41", 9, NULL, "😀" BAD "A"},
    {"\x14\x4E\x2D", 3, NULL, "中"},
    {"\x15\xE0\xB8\x84", 0, NULL, "ค"},
    {"\x15\xE0\xB8 \xFF!", 0, NULL, BAD " " BAD "!"},
    {"\x12\xB0\xA1\xC7\xD1", 0, NULL, "가한"},
    {"\x13\xD6\xD0 \xB9\xFA\xD6", 0, NULL, "中 国" BAD},
    {"\x1F\x01\xAA\xBB", 0, NULL, ""},
    // Control codes: emphasis goes, a line ends.
    {"\x07\x86\xA1\x87\xD2\x8A\xC3\x80", 0, NULL, "กา\nร"},
    {"\x11\xE0\x86\x00\x41\xE0\x8A\x00\x42\xE0\x87", 11, NULL, "A\nB"},
    {"\x15\xEE\x82\x86"
     "A\xEE\x82\x8A"
     "B\xC2\x8A"
     "C",
     0, NULL, "A\nB\nC"},
    {"\x05"
     "A\tB\x7F\x00"
     "C",
     7, NULL, "ABC"},
    // Unmarked: UTF-8 when it is, else what the network is known for.
    {"\xE0\xB8\x84\xE0\xB8\x93", 0, "tis-620", "คณ"},
    {"\xA4\xB3\xD4\xB5 \xBB.\xF1", 0, "tis-620", "คณิต ป.๑"},
    {"\xA4\xB3\xD4\xB5\xFF\xD2", 0, "tis620", "คณิต" BAD "า"},
    {"\xA4\x85\x93\x94\x80", 0, "cp874", "ค…“”€"},
    {"\xC3\xB6", 0, "tis-620", "รถ"},
    {"\xC3\xB6", 0, NULL, "ö"},
    {"Caf\xC3\xA9", 0, "tis-620", "Café"},
    {"\xE9", 0, "iso-8859-9", "é"},
    {"\xE9\x8A\xE9", 0, "ISO_8859-1", "é\né"},
    // The standard's own table: marks come before their letters.
    {"Caf\xC2"
     "e \xA4 \xC8u\xCF"
     "s",
     0, NULL, "Café € üš"},
    {"\xC1q\xC2", 0, NULL, "q\xCC\x80" BAD},
    {"\xC2\xC2"
     "e\xC2 ",
     0, NULL, BAD "é" BAD " "},
    {"\xA6", 0, NULL, BAD},
    // Reserved selectors count for nothing.
    {"\x08"
     "abc",
     0, NULL, "abc"},
    {"\x16\xA1\xD2", 0, "tis-620", "กา"},
};

static void
test_golden(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(goldens); i++) {
        const Golden *golden = &goldens[i];
        gsize length = golden->length > 0 ? golden->length : strlen(golden->bytes);
        TablesTextCode fallback = {0};
        if (golden->fallback != NULL)
            g_assert_true(tables_text_parse_code(golden->fallback, &fallback));
        g_autofree guint8 *exact = g_memdup2(golden->bytes, length);
        g_autofree char *text = tables_text_decode(exact, length, fallback, NULL);
        g_test_message("%u", i);
        g_assert_cmpstr(text, ==, golden->expected);
    }
}

static void
test_names(void)
{
    static const char *const bad[] = {"",          "klingon", "iso-8859-12", "iso-8859-16",
                                      "iso-8859-", "8859-1"};
    TablesTextCode code = {TABLES_TEXT_UTF8, 7};
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_false(tables_text_parse_code(bad[i], &code));
    g_assert_cmpint(code.table, ==, TABLES_TEXT_UTF8);
    g_assert_cmpuint(code.part, ==, 7);
    g_assert_true(tables_text_parse_code("TIS-620", &code));
    g_assert_cmpint(code.table, ==, TABLES_TEXT_ISO8859);
    g_assert_cmpuint(code.part, ==, 11);
}

/* What the system's converter makes of one byte, 0: nothing. */
static gunichar
ask_system(const char *charset, guint8 byte)
{
    iconv_t converter = iconv_open("UTF-8", charset);
    char input = (char)byte, output[8] = {0}, *from = &input, *to = output;
    gsize from_left = 1, to_left = sizeof output;
    g_assert_true(converter != (iconv_t)-1);
    gsize result = iconv(converter, &from, &from_left, &to, &to_left);
    iconv_close(converter);
    return result == (gsize)-1 ? 0 : g_utf8_get_char(output);
}

static void
test_tables_as_the_system_has_them(void)
{
    // Where the standard has the euro, a horizontal bar and a D with stroke, the system takes a
    // currency sign, a dash and an eth.
    static const guint8 differs[] = {0xA4, 0xA6, 0xA8, 0xD0, 0xE2};
    for (guint part = 1; part <= TABLES_LATIN_PARTS; part++) {
        g_autofree char *charset = g_strdup_printf("ISO-8859-%u", part);
        for (guint byte = 0xA0; part != 12 && byte <= 0xFF; byte++)
            g_assert_cmphex(tables_latin_get_iso8859(part, (guint8)byte), ==,
                            ask_system(charset, (guint8)byte));
    }
    for (guint byte = 0xA0; byte <= 0xFF; byte++) {
        gunichar ours = tables_latin_get_iso6937((guint8)byte);
        gunichar theirs = ask_system("ISO_6937", (guint8)byte);
        if (memchr(differs, (int)byte, sizeof differs) == NULL && theirs != 0 && ours != 0)
            g_assert_cmphex(ours, ==, theirs);
    }
    g_assert_cmphex(tables_latin_get_iso6937(0xA4), ==, 0x20AC);
}

static void
test_any_bytes(void)
{
    static const char *const fallbacks[] = {"iso-6937", "tis-620", "cp874",
                                            "utf-8",    "euc-kr",  "ucs2"};
    GRand *random = g_rand_new_with_seed(468);
    for (guint round = 0; round < 20000; round++) {
        gsize length = (gsize)g_rand_int_range(random, 0, 40);
        g_autofree guint8 *bytes = g_malloc(length + 1);
        for (gsize i = 0; i < length; i++)
            bytes[i] = (guint8)g_rand_int(random);
        if (length > 0 && g_rand_boolean(random))
            bytes[0] = (guint8)g_rand_int_range(random, 0, 0x20);
        TablesTextCode fallback = {0};
        tables_text_parse_code(fallbacks[round % G_N_ELEMENTS(fallbacks)], &fallback);
        g_autofree guint8 *exact = g_memdup2(bytes, length);
        g_autofree char *text = tables_text_decode(exact, length, fallback, NULL);
        g_assert_true(g_utf8_validate(text, -1, NULL));
        for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at))
            g_assert_true(*at == '\n' || !g_unichar_iscntrl(g_utf8_get_char(at)));
    }
    g_rand_free(random);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tables/text/golden", test_golden);
    g_test_add_func("/tables/text/names", test_names);
    g_test_add_func("/tables/text/system", test_tables_as_the_system_has_them);
    g_test_add_func("/tables/text/any", test_any_bytes);
    return g_test_run();
}
