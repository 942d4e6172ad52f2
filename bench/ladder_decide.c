// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Prints what is decided for a lesson, one line a rung, so that the ladder bench can give ffmpeg
// the same settings. Arguments: analysis.json, or - for a live channel, of which nothing is known;
// width, height and pictures a second of the source.
#include <stdlib.h>
#include <string.h>

#include "pipelines/encode/decide.h"

static void
print_rung(EncodeRungsId id, const EncodeDecideFacts *facts, const EncodeGrid *grid)
{
    const EncodeRungsSpec *spec = encode_rungs_get(id);
    EncodeDecidePicture picture = {.sound_kbps = spec->sound_kbps};
    if (encode_rungs_moves(id))
        picture = encode_decide_picture(facts, grid, id);
    g_print("{\"name\":\"%s\",\"opus\":%d,\"sound_kbps\":%u,\"channels\":%u", spec->name,
            spec->opus, picture.sound_kbps, spec->channels);
    if (encode_rungs_moves(id)) {
        g_print(",\"av1\":%d,\"width\":%u,\"height\":%u,\"rate\":\"%u/%u\",\"group\":%u,\"crf\":%u,"
                "\"kbps\":%u,\"drawn\":%d,\"screen\":%d,\"preset\":\"%s\",\"av1_preset\":%d,"
                "\"profile\":\"%s\"",
                spec->family == ENCODE_RUNGS_AV1, picture.width, picture.height, grid->numerator,
                grid->denominator * picture.step, grid->ticks / picture.step, picture.crf,
                picture.rate_kbps, picture.drawn, picture.screen,
                picture.preset != NULL ? picture.preset : "", picture.av1_preset,
                spec->profile != NULL ? spec->profile : "");
    }
    g_print("}\n");
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gsize length = 0;
    gboolean live = argc == 5 && strcmp(argv[1], "-") == 0;
    if (argc != 5 || (!live && !g_file_get_contents(argv[1], &text, &length, &error)))
        return EXIT_FAILURE;
    g_autoptr(AnalyseResult) known = live ? NULL : analyse_result_parse(text, length, &error);
    if (known == NULL && !live)
        return EXIT_FAILURE;
    AnalyseResultContent glance = live ? ANALYSE_RESULT_CONTENT_CAMERA : known->picture.glance;
    g_autoptr(SourceInfo) info = source_info_new();
    info->has_picture = info->has_sound = TRUE;
    info->width = (guint)g_ascii_strtoull(argv[2], NULL, 10);
    info->height = (guint)g_ascii_strtoull(argv[3], NULL, 10);
    info->rate_numerator = (guint)g_ascii_strtoull(argv[4], NULL, 10);
    info->rate_denominator = 1;
    EncodeDecideFacts facts = {.info = info};
    if (!live) {
        facts.analysis = &known->picture;
        facts.sound = known->has_sound ? &known->sound : NULL;
    }
    EncodeGrid grid = encode_decide_grid(info, glance);
    for (int i = 0; i < ENCODE_RUNGS_COUNT; i++) {
        EncodeRungsId id = (EncodeRungsId)i;
        if (encode_decide_suits(id, info, glance))
            print_rung(id, &facts, &grid);
    }
    return EXIT_SUCCESS;
}
