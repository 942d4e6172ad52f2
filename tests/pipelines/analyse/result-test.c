// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The JSON of an analysis: fixed bytes, and nothing but its own form is read back.
#include "pipelines/analyse/result.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

static const char golden[] =
    "{\"format\":1,\n"
    "\"picture\":{\"glance\":\"screen\",\"content\":\"slides\",\"inset\":[960,500,300,200],"
    "\"crop\":[0,0,1280,720],\"interlaced\":true,\"black_start_ms\":400,\"black_end_ms\":0,\n"
    "\"stretches\":[\n"
    "[0,60000,\"slides\"],\n"
    "[60000,125000,\"camera\"]],\n"
    "\"slides\":[\n"
    "[400,13800,900,0],\n"
    "[13800,60000,14000,1]]},\n"
    "\"sound\":{\"fold\":\"opposed\",\"loudness_lufs\":-23.40,\"stereo_lufs\":-20.40,"
    "\"limited_lu\":0.50,\"range_lu\":4.25,\"peak_dbtp\":-1.00,"
    "\"noise_dbfs\":-61.50,\"rumble_dbfs\":-120.00,\"speech_permille\":900,"
    "\"music_permille\":0,\"silent_permille\":100}}\n";

static AnalyseResult *
make_result(void)
{
    AnalyseResult *result = analyse_result_new();
    const AnalyseResultStretch stretches[] = {{0, 60000, ANALYSE_RESULT_CONTENT_SLIDES},
                                              {60000, 125000, ANALYSE_RESULT_CONTENT_CAMERA}};
    const AnalyseResultSlide slides[] = {{400, 13800, 900, FALSE}, {13800, 60000, 14000, TRUE}};
    result->has_picture = result->has_sound = TRUE;
    result->picture.glance = ANALYSE_RESULT_CONTENT_SCREEN;
    result->picture.content = ANALYSE_RESULT_CONTENT_SLIDES;
    result->picture.inset = (AnalyseResultRect){960, 500, 300, 200};
    result->picture.crop = (AnalyseResultRect){0, 0, 1280, 720};
    result->picture.interlaced = TRUE;
    result->picture.black_start_ms = 400;
    g_array_append_vals(result->picture.stretches, stretches, G_N_ELEMENTS(stretches));
    g_array_append_vals(result->picture.slides, slides, G_N_ELEMENTS(slides));
    result->sound = (AnalyseResultSound){
        ANALYSE_RESULT_FOLD_OPPOSED, -23.4, -20.4, 0.5, 4.2549, -1, -61.5, -120, 900, 0, 100};
    return result;
}

static void
test_golden(void)
{
    g_autoptr(AnalyseResult) result = make_result();
    g_autofree char *text = analyse_result_to_json(result);
    g_assert_cmpstr(text, ==, golden);
    g_autoptr(GError) error = NULL;
    g_autoptr(AnalyseResult) again = analyse_result_parse(text, strlen(text), &error);
    g_assert_no_error(error);
    g_autofree char *twice = analyse_result_to_json(again);
    g_assert_cmpstr(twice, ==, golden);
}

static void
test_halves(void)
{
    g_autoptr(AnalyseResult) empty = analyse_result_new();
    g_autofree char *none = analyse_result_to_json(empty);
    g_assert_cmpstr(none, ==, "{\"format\":1,\n\"picture\":null,\n\"sound\":null}\n");
    g_autoptr(AnalyseResult) read = analyse_result_parse(none, strlen(none), NULL);
    g_assert_nonnull(read);
    g_assert_false(read->has_picture || read->has_sound);

    // What is no number is written as one all the same.
    empty->has_sound = TRUE;
    empty->sound.loudness_lufs = -INFINITY;
    empty->sound.range_lu = NAN;
    empty->sound.peak_dbtp = -0.001;
    g_autofree char *odd = analyse_result_to_json(empty);
    g_assert_nonnull(strstr(odd, "\"loudness_lufs\":-1000.00,\"stereo_lufs\":0.00,"
                                 "\"limited_lu\":0.00,\"range_lu\":0.00,\"peak_dbtp\":0.00"));
    g_autoptr(AnalyseResult) sane = analyse_result_parse(odd, strlen(odd), NULL);
    g_assert_nonnull(sane);
}

/* The golden text with @from replaced is refused. */
static void
check_refused(const char *from, const char *to)
{
    g_auto(GStrv) parts = g_strsplit(golden, from, 2);
    g_assert_cmpuint(g_strv_length(parts), ==, 2);
    g_autofree char *text = g_strconcat(parts[0], to, parts[1], NULL);
    g_autoptr(GError) error = NULL;
    g_assert_null(analyse_result_parse(text, strlen(text), &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
}

static void
test_refused(void)
{
    check_refused("\"format\":1", "\"format\":2");
    check_refused("\"screen\"", "\"cinema\"");
    check_refused("960,500,300,200", "960,500,300,0");
    check_refused("960,500,300,200", "960,500,300");
    check_refused("1280,720", "1280,70000");
    check_refused("true", "1");
    check_refused("\"black_start_ms\":400", "\"black_start_ms\":-400");
    check_refused("[60000,125000", "[61000,125000");
    check_refused("[60000,125000", "[60000,60000");
    check_refused("125000,\"camera\"", "125000,\"none\"");
    check_refused("[0,60000,\"slides\"]", "{}");
    check_refused("[400,13800,900,0]", "[400,13800,13800,0]");
    check_refused("[400,13800,900,0]", "[400,13800,399,0]");
    check_refused("[400,13800,900,0]", "[400,13800,900,2]");
    check_refused("[13800,60000,14000,1]", "[13799,60000,14000,1]");
    check_refused("[13800,60000,14000,1]", "[13800,60000.5,14000,1]");
    check_refused("-23.40", "\"loud\"");
    check_refused("-23.40", "-1e300");
    check_refused("\"speech_permille\":900", "\"speech_permille\":1001");
    check_refused("\"sound\":{", "\"sound\":7,\"x\":{");
    check_refused("\"sound\":{", "\"noise\":{");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/analyse/result/golden", test_golden);
    g_test_add_func("/analyse/result/halves", test_halves);
    g_test_add_func("/analyse/result/refused", test_refused);
    return g_test_run();
}
