// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A file is slots of 64 bytes: head, 1440 minutes, 720 hours. A slot: number, figures, checksum,
// each 32 bits, the least byte first.
#include "server/flows/health_history.h"

#include <math.h>
#include <string.h>

#define MINUTE_MS 60000
#define MAGIC "DAORHLT1"
#define WORDS (FLOWS_HEALTH_FIGURES_MAX + 1)
#define SLOT FLOWS_HEALTH_HISTORY_SLOT_BYTES

G_STATIC_ASSERT((WORDS + 1) * sizeof(guint32) <= SLOT);
G_STATIC_ASSERT((guint)FLOWS_HEALTH_M_COUNT <= FLOWS_HEALTH_FIGURES_MAX);
G_STATIC_ASSERT((guint)FLOWS_HEALTH_C_COUNT <= FLOWS_HEALTH_FIGURES_MAX);

struct _FlowsHealthHistory {
    FlowsHealthKind kind;                                   // (value)
    FlowsHealthPoint now;                                   // (value) the minute under way
    guint samples;                                          // (value) of it, 0: none yet
    FlowsHealthPoint minutes[FLOWS_HEALTH_HISTORY_MINUTES]; // (value) number 0: empty
    FlowsHealthPoint hours[FLOWS_HEALTH_HISTORY_HOURS];     // (value) likewise
};

FlowsHealthHistory *
flows_health_history_new(FlowsHealthKind kind)
{
    FlowsHealthHistory *history = g_new0(FlowsHealthHistory, 1);
    history->kind = kind;
    return history;
}

void
flows_health_history_free(FlowsHealthHistory *history)
{
    g_free(history);
}

FlowsHealthKind
flows_health_history_get_kind(const FlowsHealthHistory *history)
{
    return history->kind;
}

static guint32
count_check(const guint8 *bytes, gsize length)
{
    guint32 check = 2166136261U; // FNV-1a
    for (gsize i = 0; i < length; i++)
        check = (check ^ bytes[i]) * 16777619U;
    return check;
}

static void
write_word(guint8 *bytes, guint32 word)
{
    word = GUINT32_TO_LE(word);
    memcpy(bytes, &word, sizeof word);
}

static guint32
read_word(const guint8 *bytes)
{
    guint32 word = 0;
    memcpy(&word, bytes, sizeof word);
    return GUINT32_FROM_LE(word);
}

static void
seal(FlowsHealthHistorySlot *slot)
{
    write_word(slot->bytes + SLOT - sizeof(guint32),
               count_check(slot->bytes, SLOT - sizeof(guint32)));
}

static gboolean
is_sealed(const guint8 *bytes)
{
    return read_word(bytes + SLOT - sizeof(guint32)) == count_check(bytes, SLOT - sizeof(guint32));
}

static void
add_slot(GArray *slots, guint place, const FlowsHealthPoint *point)
{
    FlowsHealthHistorySlot slot = {.offset = (goffset)(place + 1) * SLOT};
    write_word(slot.bytes, point->number);
    for (guint i = 0; i < FLOWS_HEALTH_FIGURES_MAX; i++) {
        guint32 word = 0;
        memcpy(&word, &point->values[i], sizeof word);
        write_word(slot.bytes + sizeof word * (i + 1), word);
    }
    seal(&slot);
    g_array_append_val(slots, slot);
}

FlowsHealthHistorySlot
flows_health_history_make_head(FlowsHealthKind kind)
{
    FlowsHealthHistorySlot slot = {0};
    memcpy(slot.bytes, MAGIC, sizeof MAGIC - 1);
    slot.bytes[sizeof MAGIC] = (guint8)kind;
    seal(&slot);
    return slot;
}

/* All minutes of one hour that are there, the one that just ended included. */
static FlowsHealthPoint
fold_hour(const FlowsHealthHistory *history, guint32 hour)
{
    FlowsHealthPoint point = {.number = hour};
    guint count = 0;
    flows_health_figures_clear(&point);
    for (guint32 number = hour * 60; number < hour * 60 + 60; number++) {
        const FlowsHealthPoint *minute = &history->minutes[number % FLOWS_HEALTH_HISTORY_MINUTES];
        if (minute->number == number)
            flows_health_figures_fold(history->kind, &point, minute, ++count);
    }
    return point;
}

static void
end_minute(FlowsHealthHistory *history, GArray *slots)
{
    guint32 number = history->now.number, hour = number / 60;
    guint minute_place = number % FLOWS_HEALTH_HISTORY_MINUTES;
    guint hour_place = hour % FLOWS_HEALTH_HISTORY_HOURS;
    history->minutes[minute_place] = history->now;
    history->hours[hour_place] = fold_hour(history, hour);
    history->samples = 0;
    add_slot(slots, minute_place, &history->minutes[minute_place]);
    add_slot(slots, FLOWS_HEALTH_HISTORY_MINUTES + hour_place, &history->hours[hour_place]);
}

void
flows_health_history_note(FlowsHealthHistory *history, const FlowsHealthPoint *sample,
                          gint64 now_ms, GArray *slots)
{
    guint32 number = (guint32)(now_ms / MINUTE_MS);
    if (history->samples > 0 && history->now.number != number)
        end_minute(history, slots);
    if (history->samples == 0) {
        history->now.number = number;
        flows_health_figures_clear(&history->now);
    }
    flows_health_figures_fold(history->kind, &history->now, sample, ++history->samples);
}

static gint
compare_points(gconstpointer a, gconstpointer b)
{
    const FlowsHealthPoint *one = a, *other = b;
    return (one->number > other->number) - (one->number < other->number);
}

/* What is later than now stems from a clock that was set back. */
static void
add_points(GArray *list, const FlowsHealthPoint *points, guint count, guint32 last)
{
    for (guint i = 0; i < count; i++)
        if (points[i].number > 0 && points[i].number <= last && points[i].number + count > last)
            g_array_append_val(list, points[i]);
}

GArray *
flows_health_history_list(const FlowsHealthHistory *history, gboolean hours, gint64 now_ms)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(FlowsHealthPoint));
    guint32 minute = (guint32)(now_ms / MINUTE_MS);
    if (hours)
        add_points(list, history->hours, FLOWS_HEALTH_HISTORY_HOURS, minute / 60);
    else
        add_points(list, history->minutes, FLOWS_HEALTH_HISTORY_MINUTES, minute);
    if (!hours && history->samples > 0 && history->now.number <= minute)
        g_array_append_val(list, history->now);
    g_array_sort(list, compare_points);
    return list;
}

gboolean
flows_health_history_get_recent(const FlowsHealthHistory *history, gint64 now_ms,
                                FlowsHealthPoint *point)
{
    guint32 minute = (guint32)(now_ms / MINUTE_MS);
    const FlowsHealthPoint *last = &history->minutes[(minute - 1) % FLOWS_HEALTH_HISTORY_MINUTES];
    if (last->number == minute - 1)
        *point = *last;
    else if (history->samples > 0 && history->now.number + 1 >= minute &&
             history->now.number <= minute)
        *point = history->now;
    else
        return FALSE;
    return TRUE;
}

static void
read_slot(FlowsHealthPoint *points, guint place, const guint8 *bytes, guint count)
{
    guint32 number = read_word(bytes);
    if (!is_sealed(bytes) || number == 0 || number % count != place)
        return;
    points[place].number = number;
    for (guint i = 0; i < FLOWS_HEALTH_FIGURES_MAX; i++) {
        guint32 word = read_word(bytes + sizeof word * (i + 1));
        float value = 0;
        memcpy(&value, &word, sizeof value);
        points[place].values[i] = isfinite(value) ? value : NAN;
    }
}

FlowsHealthHistory *
flows_health_history_parse(const guint8 *bytes, gsize length)
{
    if (length < SLOT || memcmp(bytes, MAGIC, sizeof MAGIC - 1) != 0 || !is_sealed(bytes) ||
        bytes[sizeof MAGIC] > FLOWS_HEALTH_CHANNEL)
        return NULL;
    FlowsHealthHistory *history = flows_health_history_new((FlowsHealthKind)bytes[sizeof MAGIC]);
    guint slots = (guint)MIN(length / SLOT - 1,
                             (gsize)FLOWS_HEALTH_HISTORY_MINUTES + FLOWS_HEALTH_HISTORY_HOURS);
    for (guint i = 0; i < slots; i++) {
        const guint8 *slot = bytes + (gsize)(i + 1) * SLOT;
        if (i < FLOWS_HEALTH_HISTORY_MINUTES)
            read_slot(history->minutes, i, slot, FLOWS_HEALTH_HISTORY_MINUTES);
        else
            read_slot(history->hours, i - FLOWS_HEALTH_HISTORY_MINUTES, slot,
                      FLOWS_HEALTH_HISTORY_HOURS);
    }
    return history;
}
