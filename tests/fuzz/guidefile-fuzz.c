// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Any bytes as a guide that an administrator sends, plain or gzip: what is taken is what the
// catalogue takes: texts, times in order, bounds.
#include "server/flows/guidefile.h"

#include "catalog/guide.h"

#define NOW_MS G_GINT64_CONSTANT(1760000000000) // 9 October 2025, as the seeds
#define DAY_MS G_GINT64_CONSTANT(86400000)

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
check(const FlowsGuidefileChannel *channel)
{
    gint64 before_ms = G_MININT64;
    g_autoptr(GPtrArray) events = flows_guidefile_make_events(channel);
    g_assert_cmpuint(events->len, <=, CATALOG_GUIDE_SERVICE_MAX);
    g_assert_true(g_utf8_validate(channel->name, -1, NULL));
    g_assert_true(g_utf8_validate(channel->id, -1, NULL) && *channel->id != '\0');
    for (guint i = 0; i < events->len; i++) {
        const CatalogGuide *event = events->pdata[i];
        g_assert_cmpint(event->start_ms, >=, before_ms);
        g_assert_cmpint(event->start_ms, >=, channel->from_ms);
        g_assert_cmpint(event->start_ms + event->duration_ms, <=, channel->until_ms);
        g_assert_true(event->duration_ms > 0 && event->duration_ms <= DAY_MS);
        g_assert_true(ABS(event->start_ms - NOW_MS) <= 62 * DAY_MS);
        g_assert_true(*event->title != '\0' && g_utf8_validate(event->title, -1, NULL));
        g_assert_true(g_utf8_validate(event->description, -1, NULL));
        g_assert_true(g_utf8_validate(event->language, -1, NULL));
        g_assert_true(event->age >= 0 && event->age <= 21);
        before_ms = event->start_ms;
    }
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(data, size);
    g_autoptr(FlowsGuidefile) file = flows_guidefile_read(bytes, NOW_MS, NULL);
    for (guint i = 0; file != NULL && i < file->channels->len; i++)
        check(file->channels->pdata[i]);
    return 0;
}
