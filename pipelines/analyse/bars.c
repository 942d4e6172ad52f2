// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The brightest that each row and column ever was, on the average and in parts.
#include "pipelines/analyse/bars.h"

#include <libavutil/frame.h>

#define LIT_LUMA 42
#define DARK_MEAN 26
#define LIT_PERMILLE 500
#define EDGE_LINES 6
#define LEAST_PERMILLE 15

typedef struct {
    guint8 *mean; // (owned) largest mean of each line
    guint16 *lit; // (owned) largest share of lit pixels of each line, permille
    guint lines;  // (value)
} Lines;

struct _AnalyseBars {
    Lines rows;    // (owned)
    Lines columns; // (owned)
    guint64 *sums; // (owned) scratch, a column each
    guint *lit;    // (owned) scratch
};

AnalyseBars *
analyse_bars_new(void)
{
    return g_new0(AnalyseBars, 1);
}

static void
clear_lines(Lines *lines)
{
    g_free(lines->mean);
    g_free(lines->lit);
}

void
analyse_bars_free(AnalyseBars *bars)
{
    if (bars == NULL)
        return;
    clear_lines(&bars->rows);
    clear_lines(&bars->columns);
    g_free(bars->sums);
    g_free(bars->lit);
    g_free(bars);
}

static void
set_up(AnalyseBars *bars, guint width, guint height)
{
    bars->rows = (Lines){g_malloc0(height), g_new0(guint16, height), height};
    bars->columns = (Lines){g_malloc0(width), g_new0(guint16, width), width};
    bars->sums = g_new(guint64, width);
    bars->lit = g_new(guint, width);
}

static void
note_line(Lines *lines, guint at, guint64 sum, guint lit, guint pixels)
{
    lines->mean[at] = MAX(lines->mean[at], (guint8)(sum / pixels));
    lines->lit[at] = MAX(lines->lit[at], (guint16)((guint64)lit * 1000 / pixels));
}

void
analyse_bars_add(AnalyseBars *bars, const AVFrame *plain)
{
    guint width = (guint)plain->width, height = (guint)plain->height;
    if (width == 0 || height == 0)
        return;
    if (bars->rows.lines == 0)
        set_up(bars, width, height);
    if (bars->rows.lines != height || bars->columns.lines != width)
        return;
    for (guint x = 0; x < width; x++)
        bars->sums[x] = bars->lit[x] = 0;
    for (guint y = 0; y < height; y++) {
        const guint8 *row = plain->data[0] + (gssize)y * plain->linesize[0];
        guint64 sum = 0;
        guint lit = 0;
        for (guint x = 0; x < width; x++) {
            guint bright = row[x] > LIT_LUMA;
            sum += row[x];
            lit += bright;
            bars->sums[x] += row[x];
            bars->lit[x] += bright;
        }
        note_line(&bars->rows, y, sum, lit, width);
    }
    for (guint x = 0; x < width; x++)
        note_line(&bars->columns, x, bars->sums[x], bars->lit[x], height);
}

/* How many lines from one end are a bar; the picture behind it must begin at once. */
static guint
measure_bar(const Lines *lines, gboolean from_end)
{
    guint count = 0;
    while (count < lines->lines) {
        guint at = from_end ? lines->lines - 1 - count : count;
        if (lines->mean[at] > DARK_MEAN)
            break;
        count++;
    }
    if (count == lines->lines || count * 1000 < lines->lines * LEAST_PERMILLE)
        return 0;
    for (guint i = 0; i < EDGE_LINES && count + i < lines->lines; i++) {
        guint at = from_end ? lines->lines - 1 - count - i : count + i;
        if (lines->lit[at] >= LIT_PERMILLE)
            return count;
    }
    return 0;
}

/* The four bars as decoded: left, top, right, bottom, turned into those of the shown picture. */
static void
turn_bars(guint bars[4], const SourceInfo *info)
{
    if (info->mirrored) {
        guint left = bars[0];
        bars[0] = bars[2];
        bars[2] = left;
    }
    for (guint turn = 0; turn < info->turn_degrees; turn += 90) {
        guint bottom = bars[3];
        bars[3] = bars[2];
        bars[2] = bars[1];
        bars[1] = bars[0];
        bars[0] = bottom;
    }
}

AnalyseResultRect
analyse_bars_get_crop(const AnalyseBars *bars, const SourceInfo *info)
{
    AnalyseResultRect whole = {0, 0, info->width, info->height};
    if (bars->rows.lines == 0)
        return whole;
    gboolean lies = info->turn_degrees == 90 || info->turn_degrees == 270;
    guint across = lies ? bars->rows.lines : bars->columns.lines;
    guint down = lies ? bars->columns.lines : bars->rows.lines;
    guint sides[4] = {measure_bar(&bars->columns, FALSE), measure_bar(&bars->rows, FALSE),
                      measure_bar(&bars->columns, TRUE), measure_bar(&bars->rows, TRUE)};
    turn_bars(sides, info);
    // Rounded inwards: no bar is left.
    guint left = (sides[0] * info->width + across - 1) / across;
    guint right = (sides[2] * info->width + across - 1) / across;
    guint top = (sides[1] * info->height + down - 1) / down;
    guint bottom = (sides[3] * info->height + down - 1) / down;
    left += left % 2;
    top += top % 2;
    if (left + right + 2 > info->width || top + bottom + 2 > info->height)
        return whole;
    AnalyseResultRect crop = {left, top, info->width - left - right, info->height - top - bottom};
    if (sides[0] + sides[2] > 0)
        crop.width -= crop.width % 2;
    if (sides[1] + sides[3] > 0)
        crop.height -= crop.height % 2;
    return crop;
}
