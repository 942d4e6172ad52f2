// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Size and orientation as shown, from what containers say.
#include "pipelines/source/info.h"

#include <math.h>

#define LARGEST_SIDE 32768.0

SourceInfo *
source_info_new(void)
{
    return g_new0(SourceInfo, 1);
}

SourceInfo *
source_info_copy(const SourceInfo *info)
{
    SourceInfo *copy = source_info_new();
    *copy = *info;
    copy->container = g_strdup(info->container);
    return copy;
}

void
source_info_free(SourceInfo *info)
{
    if (info == NULL)
        return;
    g_free(info->container);
    g_free(info);
}

void
source_info_set_shown_size(SourceInfo *info, int sar_numerator, int sar_denominator)
{
    double width = info->coded_width;
    double height = info->coded_height;
    double ratio =
        sar_numerator > 0 && sar_denominator > 0 ? (double)sar_numerator / sar_denominator : 1.0;
    if (ratio < 1.0 / 16 || ratio > 16)
        ratio = 1.0;
    // The side that has too few pixels grows, so that no detail is lost.
    if (ratio > 1.0)
        width *= ratio;
    else
        height /= ratio;
    width = CLAMP(round(width), 1.0, LARGEST_SIDE);
    height = CLAMP(round(height), 1.0, LARGEST_SIDE);
    gboolean lies = info->turn_degrees == 90 || info->turn_degrees == 270;
    info->width = (guint)(lies ? height : width);
    info->height = (guint)(lies ? width : height);
}

void
source_info_set_orientation(SourceInfo *info, const gint32 matrix[9])
{
    double a = matrix[0], b = matrix[1], c = matrix[3], d = matrix[4];
    info->turn_degrees = 0;
    info->mirrored = FALSE;
    if (a * d - b * c == 0)
        return;
    gboolean mirrored = a * d - b * c < 0;
    if (mirrored) {
        // A mirrored matrix is a flip of x, then a turn.
        a = -a;
        b = -b;
    }
    double degrees = atan2(b, a) * 180.0 / G_PI;
    double quarter = round(degrees / 90.0);
    if (fabs(degrees - quarter * 90.0) > 5.0)
        return;
    info->mirrored = mirrored;
    info->turn_degrees = (guint)(((int)quarter + 4) % 4 * 90);
}

gboolean
source_info_is_truncated(const SourceInfo *info, gint64 end_us)
{
    // Some containers count from their clock's zero, some from the first frame.
    gint64 latest_us = MAX(end_us, end_us + info->origin_us);
    gint64 slack_us = MAX(G_USEC_PER_SEC, info->duration_us / 50);
    return info->duration_us > 0 && !info->estimated && latest_us + slack_us < info->duration_us;
}
