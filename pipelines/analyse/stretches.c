// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What says nothing (black, a photograph) takes the kind of what is beside it; what is too short is
// given to its neighbours, the shortest first.
#include "pipelines/analyse/stretches.h"

#include <string.h>

#define SHORTEST_US (3 * (gint64)G_USEC_PER_SEC)
#define SNAP_US (2500 * 1000)

void
analyse_stretches_add(GArray *spans, gint64 start_us, gint64 end_us, AnalyseKind kind)
{
    AnalyseStretchesSpan *last =
        spans->len > 0 ? &g_array_index(spans, AnalyseStretchesSpan, spans->len - 1) : NULL;
    if (last != NULL) {
        start_us = MAX(start_us, last->start_us);
        last->end_us = start_us;
    }
    end_us = MAX(end_us, start_us);
    if (last != NULL && last->kind == kind) {
        last->end_us = end_us;
        return;
    }
    AnalyseStretchesSpan span = {start_us, end_us, kind};
    g_array_append_val(spans, span);
}

static AnalyseStretchesSpan *
get_span(GArray *spans, guint at)
{
    return &g_array_index(spans, AnalyseStretchesSpan, at);
}

static gint64
get_length_us(GArray *spans, guint at)
{
    return get_span(spans, at)->end_us - get_span(spans, at)->start_us;
}

static gboolean
says_nothing(AnalyseKind kind)
{
    return kind == ANALYSE_KIND_BLACK || kind == ANALYSE_KIND_PHOTO;
}

/* The longer neighbour that says something decides; a photograph alone is a slide. */
static AnalyseKind
ask_neighbours(GArray *spans, guint at)
{
    guint after = at + 1;
    while (after < spans->len && says_nothing(get_span(spans, after)->kind))
        after++;
    // What lies before was resolved already.
    gboolean earlier = at > 0 && !says_nothing(get_span(spans, at - 1)->kind);
    gboolean later = after < spans->len;
    if (earlier && (!later || get_length_us(spans, at - 1) >= get_length_us(spans, after)))
        return get_span(spans, at - 1)->kind;
    if (later)
        return get_span(spans, after)->kind;
    return ANALYSE_KIND_SLIDES;
}

/* Joins neighbours of one kind. */
static void
join_equals(GArray *spans)
{
    guint kept = 0;
    for (guint i = 0; i < spans->len; i++) {
        AnalyseStretchesSpan span = *get_span(spans, i);
        if (kept > 0 && get_span(spans, kept - 1)->kind == span.kind)
            get_span(spans, kept - 1)->end_us = span.end_us;
        else
            *get_span(spans, kept++) = span;
    }
    g_array_set_size(spans, kept);
}

/* Gives every span shorter than @least_us to its longer neighbour. */
static void
absorb(GArray *spans, gint64 least_us)
{
    for (guint i = 0; i < spans->len && spans->len > 1; i++) {
        if (get_length_us(spans, i) >= least_us)
            continue;
        guint to = i > 0 ? i - 1 : 1;
        if (i > 0 && i + 1 < spans->len &&
            get_length_us(spans, i + 1) > get_length_us(spans, i - 1))
            to = i + 1;
        get_span(spans, i)->kind = get_span(spans, to)->kind;
    }
    join_equals(spans);
}

static gint64
snap(gint64 bound_us, const GArray *marks)
{
    gint64 nearest_us = bound_us;
    gint64 distance_us = SNAP_US + 1;
    for (guint i = 0; i < marks->len; i++) {
        gint64 mark_us = g_array_index(marks, gint64, i);
        if (ABS(mark_us - bound_us) < distance_us) {
            distance_us = ABS(mark_us - bound_us);
            nearest_us = mark_us;
        }
    }
    return nearest_us;
}

static AnalyseResultContent
to_content(AnalyseKind kind)
{
    switch (kind) {
    case ANALYSE_KIND_BLACK:
    case ANALYSE_KIND_PHOTO:
    case ANALYSE_KIND_SLIDES:
        return ANALYSE_RESULT_CONTENT_SLIDES;
    case ANALYSE_KIND_SCREEN:
        return ANALYSE_RESULT_CONTENT_SCREEN;
    case ANALYSE_KIND_CAMERA:
        return ANALYSE_RESULT_CONTENT_CAMERA;
    }
    return ANALYSE_RESULT_CONTENT_SLIDES;
}

static GArray *
to_stretches(GArray *spans, const GArray *marks, gint64 end_us)
{
    GArray *stretches = g_array_new(FALSE, TRUE, sizeof(AnalyseResultStretch));
    gint64 end_ms = end_us / 1000, start_ms = 0;
    for (guint i = 0; i < spans->len && start_ms < end_ms; i++) {
        AnalyseResultStretch stretch = {start_ms, end_ms, to_content(get_span(spans, i)->kind)};
        if (i + 1 < spans->len)
            stretch.end_ms = MIN((snap(get_span(spans, i)->end_us, marks) + 500) / 1000, end_ms);
        if (stretch.end_ms <= start_ms)
            continue;
        g_array_append_val(stretches, stretch);
        start_ms = stretch.end_ms;
    }
    if (stretches->len > 0)
        g_array_index(stretches, AnalyseResultStretch, stretches->len - 1).end_ms = end_ms;
    return stretches;
}

GArray *
analyse_stretches_merge(const GArray *spans, const GArray *marks, gint64 end_us)
{
    g_autoptr(GArray) work = g_array_copy((GArray *)spans);
    if (work->len == 0)
        analyse_stretches_add(work, 0, end_us, ANALYSE_KIND_SLIDES);
    for (guint i = 0; i < work->len; i++) {
        AnalyseStretchesSpan *span = get_span(work, i);
        if (says_nothing(span->kind))
            span->kind = ask_neighbours(work, i);
    }
    join_equals(work);
    for (gint64 least_us = SHORTEST_US / 8; least_us <= SHORTEST_US; least_us *= 2)
        absorb(work, least_us);
    return to_stretches(work, marks, end_us);
}

AnalyseResultContent
analyse_stretches_get_content(const GArray *stretches)
{
    gint64 times_ms[ANALYSE_RESULT_CONTENT_CAMERA + 1] = {0};
    AnalyseResultContent most = ANALYSE_RESULT_CONTENT_NONE;
    for (guint i = 0; i < stretches->len; i++) {
        const AnalyseResultStretch *stretch = &g_array_index(stretches, AnalyseResultStretch, i);
        times_ms[stretch->content] += stretch->end_ms - stretch->start_ms;
    }
    for (int i = ANALYSE_RESULT_CONTENT_NONE; i <= ANALYSE_RESULT_CONTENT_CAMERA; i++) {
        if (times_ms[i] > times_ms[most])
            most = (AnalyseResultContent)i;
    }
    return most;
}
