// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A comb is a line of pixels unlike both its neighbours, which are like each other, where something
// moved.
#include "pipelines/analyse/fields.h"

#include <libavutil/frame.h>

#define MOVED_STEP 14
#define COMB_STEP 12
#define LIKE_STEP 8
#define LEAST_MOVED 400
#define MOVED_PERMILLE 2
#define COMB_PERMILLE 120
#define LEAST_MOVING 3

static guint
differ(guint8 a, guint8 b)
{
    return a > b ? (guint)(a - b) : (guint)(b - a);
}

static gboolean
is_comb(guint8 above, guint8 here, guint8 below)
{
    return differ(above, below) < LIKE_STEP && differ(here, above) > COMB_STEP &&
           differ(here, below) > COMB_STEP;
}

void
analyse_fields_add(AnalyseFields *fields, const AVFrame *frame, const AVFrame *plain,
                   const AVFrame *before)
{
    fields->frames++;
    fields->flagged += frame->interlaced_frame != 0;
    if (before == NULL || before->width != plain->width || before->height != plain->height)
        return;
    guint moved = 0, combs = 0;
    for (int y = 1; y + 1 < plain->height; y++) {
        gssize stride = plain->linesize[0];
        const guint8 *row = plain->data[0] + y * stride;
        const guint8 *old = before->data[0] + (gssize)y * before->linesize[0];
        for (int x = 0; x < plain->width; x++) {
            if (differ(row[x], old[x]) <= MOVED_STEP)
                continue;
            moved++;
            combs += is_comb(row[x - stride], row[x], row[x + stride]);
        }
    }
    guint pixels = (guint)plain->width * (guint)plain->height;
    if (moved < LEAST_MOVED || moved / MOVED_PERMILLE < pixels / 1000)
        return;
    fields->moving++;
    fields->combed += (guint64)combs * 1000 > (guint64)moved * COMB_PERMILLE;
}

gboolean
analyse_fields_judge(const AnalyseFields *fields)
{
    if (fields->flagged * 2 > fields->frames)
        return TRUE;
    return fields->moving >= LEAST_MOVING && fields->combed * 2 > fields->moving;
}
